"""Popularity: what everybody takes, optionally with older events counting less.

Knows nothing of the user it ranks for.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.cases import Case
from firstlight_encoder.interactions import Interactions
from firstlight_encoder.prior import HALF_LIVES_H, Counting, Damping, popularity

POPULARITY_OPTIONS = tuple(Counting(half_life_h) for half_life_h in HALF_LIVES_H)


RECENT_H = 7 * 24.0
"""How far back recent popularity looks, in hours."""


class Popularity:
    """Ranks by the product's own ``popularity``, the same for everybody."""

    name = "popularity"

    def __init__(self, train: Interactions, option: Counting) -> None:
        self._scores = popularity(train, option).astype(np.float32)

    def score(self, cases: Sequence[Case]) -> NDArray[np.float32]:
        """``(len(cases), item_count)`` float32, read-only; every row is the same."""
        return np.broadcast_to(self._scores, (len(cases), len(self._scores)))


class RecentPopularity:
    """Ranks by the events of the log's last ``RECENT_H`` hours, then by all events."""

    name = "popularity 7 days"

    def __init__(self, train: Interactions, option: Damping) -> None:
        counting = Counting(damping=option)
        recent = popularity(train.after(float(train.times_h.max(initial=0.0)) - RECENT_H), counting)
        ever = popularity(train, counting)
        # Ranks of the pairs are exact in float32; a sum of both would not be.
        _, ranks = np.unique(np.stack([recent, ever], axis=1), axis=0, return_inverse=True)
        self._scores = ranks.ravel().astype(np.float32)

    def score(self, cases: Sequence[Case]) -> NDArray[np.float32]:
        """``(len(cases), item_count)`` float32, read-only; every row is the same."""
        return np.broadcast_to(self._scores, (len(cases), len(self._scores)))
