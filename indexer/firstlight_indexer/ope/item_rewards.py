"""A reward model of the plainest kind: each item's mean reward, drawn towards the mean of all, times its place's.

Good enough for DR, which only needs it to take variance away. Knows nothing of policies.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firstlight_indexer.ope.rounds import Floats

PRIOR_ROWS = 100.0
"""An item's mean is drawn towards that of all as if so many more rows had been seen."""
_FOLDS = 5


@dataclass(frozen=True)
class ItemRewards:
    """Rewards expected of items at places.

    Attributes:
        by_item: ``(items,)`` float64, over all places.
        by_place: ``(places,)`` float64, a place's mean over that of all.
    """

    by_item: Floats
    by_place: Floats

    @classmethod
    def fit(
        cls,
        items: NDArray[np.int64],
        places: NDArray[np.int64],
        rewards: Floats,
        *,
        shape: tuple[int, int],
        prior_rows: float = PRIOR_ROWS,
    ) -> "ItemRewards":
        """Fits rows ``(n,)``; ``shape`` is how many items and places there are."""
        mean = float(rewards.mean()) if len(rewards) else 0.0
        by_item = _drawn_means(items, rewards, count=shape[0], mean=mean, prior_rows=prior_rows)
        by_place = _drawn_means(places, rewards, count=shape[1], mean=mean, prior_rows=prior_rows)
        return cls(by_item, by_place / mean if mean else np.ones(shape[1]))

    def predict(self, items: NDArray[np.int64], places: NDArray[np.int64]) -> Floats:
        """``(n,)``: what is expected of items at places."""
        return self.by_item[items] * self.by_place[places]

    def table(self) -> Floats:
        """``(items, places)``."""
        return np.outer(self.by_item, self.by_place)


def cross_fitted(
    items: NDArray[np.int64],
    places: NDArray[np.int64],
    rewards: Floats,
    *,
    units: NDArray[np.int64],
    shape: tuple[int, int],
) -> list[tuple[NDArray[np.int64], ItemRewards]]:
    """Rows, and a model fitted on the units of all other rows: no reward speaks in its own prediction."""
    fold = np.unique(units, return_inverse=True)[1] % _FOLDS
    return [
        (
            np.flatnonzero(fold == own),
            ItemRewards.fit(items[fold != own], places[fold != own], rewards[fold != own], shape=shape),
        )
        for own in range(_FOLDS)
        if (fold == own).any()
    ]


def _drawn_means(groups: NDArray[np.int64], rewards: Floats, *, count: int, mean: float, prior_rows: float) -> Floats:
    seen = np.bincount(groups, minlength=count)
    earned = np.bincount(groups, weights=rewards, minlength=count)
    drawn: Floats = (earned + prior_rows * mean) / (seen + prior_rows)
    return drawn
