"""The loss: sampled softmax over the catalogue with importance-corrected negatives.

With candidates j drawn N times from q, the partition function is estimated by exp(s_pos) + sum_j exp(s_j - log(N q_j))
(Bengio and Senecal 2008), which keeps scores calibrated against the prior they contain. Knows nothing of how scores
were made.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

FULL_SOFTMAX_ITEMS = 6_000
"""Up to this many items every item is a candidate, and nothing is estimated."""


@dataclass(frozen=True)
class Candidates:
    """Rows to compare a positive with.

    Attributes:
        rows: ``(c,)`` int64 catalogue rows.
        log_expected: ``(c,)`` float32, log of how often each was expected among them; 0 where all items are.
    """

    rows: NDArray[np.int64]
    log_expected: NDArray[np.float32]


class CandidateSampler:
    """Draws candidates: half by popularity, half uniformly, or the whole catalogue where it is small."""

    def __init__(self, counts: NDArray[np.float64], *, size: int, seed: int) -> None:
        """``counts`` ``(n,)`` are the items' events in training."""
        self._random = np.random.default_rng(seed)
        self._size = size
        self._items = len(counts)
        share = counts / max(counts.sum(), 1)
        self._share = 0.5 * share + 0.5 / len(counts)
        self._cumulative = np.cumsum(self._share)

    def draw(self) -> Candidates:
        """A fresh draw."""
        if self._items <= FULL_SOFTMAX_ITEMS:
            return Candidates(np.arange(self._items), np.zeros(self._items, np.float32))
        position = self._random.random(self._size) * self._cumulative[-1]
        rows = np.searchsorted(self._cumulative, position, side="right").clip(0, self._items - 1)
        return Candidates(rows, np.log(self._size * self._share[rows]).astype(np.float32))


def softmax_loss(positive_scores: Tensor, candidate_scores: Tensor, *, log_expected: Tensor, masked: Tensor, valid: Tensor) -> Tensor:
    """Mean negative log-likelihood of the positives.

    Args:
        positive_scores: ``(b, p)``.
        candidate_scores: ``(b, c)``.
        log_expected: ``(c,)``.
        masked: ``(b, c)`` bool, candidates that are history or targets of that case: false negatives.
        valid: ``(b, p)`` bool, positives that count.
    """
    corrected = (candidate_scores - log_expected).masked_fill(masked, -torch.inf)
    rest = torch.logsumexp(corrected, dim=1, keepdim=True)
    loss = torch.logaddexp(positive_scores, rest) - positive_scores
    return (loss * valid).sum() / valid.sum().clamp(min=1)
