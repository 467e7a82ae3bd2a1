"""Popularity: what everybody takes, optionally with older events counting less.

Knows nothing of the user it ranks for.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.cases import Case
from firstlight_encoder.interactions import Interactions
from firstlight_encoder.prior import HALF_LIVES_H


@dataclass(frozen=True)
class PopularityOption:
    """How events are counted.

    Attributes:
        half_life_d: days after which an event counts half; None counts all alike.
    """

    half_life_d: float | None = None

    @classmethod
    def of_hours(cls, half_life_h: float | None) -> "PopularityOption":
        """The option of a half-life in hours."""
        return cls(None if half_life_h is None else half_life_h / 24.0)


POPULARITY_OPTIONS = tuple(PopularityOption.of_hours(hours) for hours in HALF_LIVES_H)


def item_popularity(train: Interactions, option: PopularityOption) -> NDArray[np.float64]:
    """``(item_count,)`` float64: events that speak for each item, aged as seen from the last event of ``train``."""
    items, times_h = train.items[train.wanted], train.times_h[train.wanted]
    if option.half_life_d is None or not len(items):
        return np.bincount(items, minlength=train.item_count).astype(np.float64)
    ages_d = (times_h.max() - times_h) / 24.0
    counts: NDArray[np.float64] = np.bincount(
        items, np.exp2(-ages_d / option.half_life_d), minlength=train.item_count
    ).astype(np.float64)
    return counts


class Popularity:
    """Ranks by ``item_popularity``, the same for everybody."""

    name = "popularity"

    def __init__(self, train: Interactions, option: PopularityOption) -> None:
        self._scores = item_popularity(train, option).astype(np.float32)

    def score(self, cases: Sequence[Case]) -> NDArray[np.float32]:
        """``(len(cases), item_count)`` float32, read-only; every row is the same."""
        return np.broadcast_to(self._scores, (len(cases), len(self._scores)))
