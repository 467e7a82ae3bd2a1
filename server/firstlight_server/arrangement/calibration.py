"""What an item adds to a page whose mix of categories should be that of its user.

Steck 2018, "Calibrated Recommendations": minus the KL divergence of the page's mix from the user's, smoothed by that.
Counted against the whole page from its first place on, which is the same once the page is full, the gain of one more
item of a category falls with every one that is there, so that greedy choice is near the best and gains never rise.
Knows nothing of where the user's mix comes from.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Category = tuple[str, ...]
"""A category's path, root first."""

CategoryMix = Mapping[Category, float]
"""Each category's share, above 0; the shares add up to 1. Empty where nothing is known."""

SMOOTHING = 0.01
"""How much of the user's mix is mixed into the page's, so that no logarithm is one of nothing."""


class Calibration:
    """The gains of ``c`` candidates, as a page fills. One page's, for it counts what was taken."""

    def __init__(
        self, mix: CategoryMix, categories: Sequence[Category], kinds: NDArray[np.int64], *, page_size: int
    ) -> None:
        """Takes the user's mix and a page's candidates.

        Args:
            mix: to be matched.
            categories: of the candidates.
            kinds: ``(c,)`` int64, equal for equal categories.
            page_size: how many items the page will hold.
        """
        self._kinds = kinds
        self._shares = np.array([mix.get(category, 0.0) for category in categories])
        self._counts = np.zeros(len(categories))
        self._page_size = page_size

    def gains(self) -> NDArray[np.float64]:
        """``(c,)`` float64, at least 0: by how many nats each would bring the page nearer to the user's mix."""
        own = SMOOTHING * self._shares
        each = (1 - SMOOTHING) / self._page_size
        wanted = self._shares > 0
        gains = np.zeros(len(own))
        np.divide(each, own + each * self._counts, out=gains, where=wanted)
        return self._shares * np.log1p(gains)

    def take(self, candidate: int) -> None:
        """Counts a candidate."""
        self._counts[self._kinds == self._kinds[candidate]] += 1
