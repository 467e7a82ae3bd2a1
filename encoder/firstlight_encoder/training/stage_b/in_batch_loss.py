"""The loss of a batch of pairs: every follower against those of the other pairs.

A frequent item is met as a negative as often as it is taken; the correction takes a part of the log of that share off
its score (Yi et al. 2019, "Sampling-bias-corrected neural modeling", there the whole of it). Knows nothing of how the
vectors were made.
"""

import torch
from torch import Tensor
from torch.nn import functional


def in_batch_loss(
    items: Tensor, followers: Tensor, *, log_share: Tensor, masked: Tensor, scale: float, correction: float
) -> Tensor:
    """Mean negative log-likelihood of the own follower, a scalar.

    Args:
        items: ``(b, d)`` unit rows.
        followers: ``(b, d)`` unit rows.
        log_share: ``(b,)``, log of each follower's share of the events.
        masked: ``(b, b)`` bool, the false negatives.
        scale: what a cosine counts.
        correction: how much of ``log_share`` is taken off.
    """
    scores = scale * (items @ followers.T) - correction * log_share[None, :]
    own = torch.arange(len(items), device=items.device)
    return functional.cross_entropy(scores.masked_fill(masked, -torch.inf), own)
