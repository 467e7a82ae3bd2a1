"""Popularity: what everybody takes, optionally with older events counting less.

Knows nothing of the user it ranks for.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.cases import Case
from firstlight_encoder.interactions import Interactions
from firstlight_encoder.prior import HALF_LIVES_H, Counting, popularity

POPULARITY_OPTIONS = tuple(Counting(half_life_h) for half_life_h in HALF_LIVES_H)


class Popularity:
    """Ranks by the product's own ``popularity``, the same for everybody."""

    name = "popularity"

    def __init__(self, train: Interactions, option: Counting) -> None:
        self._scores = popularity(train, option).astype(np.float32)

    def score(self, cases: Sequence[Case]) -> NDArray[np.float32]:
        """``(len(cases), item_count)`` float32, read-only; every row is the same."""
        return np.broadcast_to(self._scores, (len(cases), len(self._scores)))
