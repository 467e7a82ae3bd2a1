"""What a positive is compared with: negatives drawn by popularity and uniformly, or the whole catalogue.

Knows nothing of scores.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FULL_SOFTMAX_ITEMS = 2_000
"""Up to this many items every item is a candidate, and nothing is estimated."""


@dataclass(frozen=True)
class Candidates:
    """Rows to compare a positive with.

    Attributes:
        rows: ``(c,)`` int64 catalogue rows, distinct, ascending.
        log_expected: ``(c,)`` float32, log of how often each was expected among the draws for every time that it was
            drawn; 0 where all items are.
    """

    rows: NDArray[np.int64]
    log_expected: NDArray[np.float32]


class CandidateSampler:
    """Draws candidates: half by popularity, half uniformly, or the whole catalogue where it is small."""

    def __init__(self, counts: NDArray[np.float64], *, size: int, seed: int) -> None:
        """Plans draws of ``size`` from ``n`` items, of which ``counts`` ``(n,)`` are the events in training."""
        self.random = np.random.default_rng(seed)
        self._size = size
        self._items = len(counts)
        share = counts / max(counts.sum(), 1)
        self._share = 0.5 * share + 0.5 / len(counts)
        self._cumulative: NDArray[np.float64] = np.cumsum(self._share)

    def draw(self) -> Candidates:
        """A fresh draw."""
        if self._items <= FULL_SOFTMAX_ITEMS:
            return Candidates(np.arange(self._items), np.zeros(self._items, np.float32))
        position = self.random.random(self._size) * float(self._cumulative[-1])
        drawn = np.minimum(np.searchsorted(self._cumulative, position, side="right"), self._items - 1)
        # What is drawn several times counts as often, and is scored once.
        rows, times = np.unique(drawn, return_counts=True)
        return Candidates(rows, np.log(self._size * self._share[rows] / times).astype(np.float32))
