"""The loss: sampled softmax over the catalogue with importance-corrected negatives.

With candidates j drawn N times from q, the partition function is estimated by exp(s_pos) + sum_j exp(s_j - log(N q_j))
(Bengio and Senecal 2008), which keeps scores calibrated against the prior they contain. Knows nothing of how scores
were made.
"""

import torch
from torch import Tensor

from firstlight_encoder.training.score_parts import ScoreParts

HEAD_WEIGHT = 0.25
"""A positive counts p(item) to this power: callers see the first ten, where what many choose is at home."""

TINY = 1e-12
"""Keeps the mean of no positives at 0."""


def softmax_loss(
    parts: ScoreParts, *, tower_factor: Tensor | float = 1.0, prior_weight: Tensor | None = None
) -> Tensor:
    """Mean negative log-likelihood of the positives, those of probable items counting more.

    Args:
        parts: of a batch's scores.
        tower_factor: multiplies the tower's part.
        prior_weight: replaces the tower's own.
    """
    weight = parts.prior_weight if prior_weight is None else prior_weight
    positive = tower_factor * parts.positive_tower + weight * parts.positive_prior
    # The widest arrays of a step: every pass over them costs, and what learns nothing is put together first.
    fixed = (-parts.log_expected).expand_as(parts.candidate_tower).masked_fill(parts.masked, -torch.inf)
    candidate = torch.addcmul(fixed, weight, parts.candidate_prior) + tower_factor * parts.candidate_tower
    rest = torch.logsumexp(candidate, dim=1, keepdim=True)
    loss = torch.logaddexp(positive, rest) - positive
    weights = parts.valid * torch.exp(HEAD_WEIGHT * parts.positive_prior)
    return (loss * weights).sum() / weights.sum().clamp(min=TINY)
