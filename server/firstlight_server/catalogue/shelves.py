"""What a snapshot says of the shelf that a new item stands on: which items stand there, and how probable new ones are.

Knows nothing of vectors or of who changed what.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from firstlight_store import ItemFilter, ItemTable, LabelTable

_REMEMBERED = 4_096
_LOOKED_AT = 64
"""Items of a category that are looked at for one of just this path: their parents' other children may come first."""
_SEPARATOR = " > "


class Shelves:
    """The categories and brands of one snapshot. Safe across threads."""

    def __init__(self, items: ItemTable, labels: LabelTable) -> None:
        self._items, self._labels = items, labels
        self.log_prior = lru_cache(maxsize=_REMEMBERED)(self._log_prior)
        """Of an item of this path that nobody has taken yet: `_log_prior` remembered."""
        self.of_category = lru_cache(maxsize=_REMEMBERED)(self._of_category)
        """A row of just this path, or None where there is none: `_of_category` remembered."""
        self.of_brand = lru_cache(maxsize=_REMEMBERED)(self._of_brand)
        """A row of this brand, or None where there is none: `_of_brand` remembered."""

    def are_tags(self, category: tuple[str, ...]) -> bool:
        """Whether an item's categories are tags here: of names side by side the whole path is no label."""
        known = all(self._labels.row("category", name) is not None for name in category)
        return known and self._labels.row("category", _SEPARATOR.join(category)) is None

    def _log_prior(self, category: tuple[str, ...]) -> float:
        """Natural logarithm: what the least probable item of the category has, or of the nearest parent that has any.

        A build gives all items of one category that nobody took the same prior, so wherever there is one, it is this.
        """
        for depth in range(len(category), 0, -1):
            rows = self._under(category[:depth])
            if len(rows):
                return float(self._items.log_priors[rows].min())
        return float(self._items.log_priors.min())

    def _of_category(self, category: tuple[str, ...]) -> int | None:
        rows = self._under(category)[:_LOOKED_AT] if category else ()
        return next((int(row) for row in rows if self._items.category(int(row)) == category), None)

    def _of_brand(self, brand: str) -> int | None:
        rows = np.flatnonzero(self._items.mask(ItemFilter(brands=(brand,), include_unavailable=True)))[:_LOOKED_AT]
        return next((int(row) for row in rows if self._items.brand(int(row)) == brand), None)

    def _under(self, category: tuple[str, ...]) -> NDArray[np.int64]:
        names = category if self.are_tags(category) else (_SEPARATOR.join(category),)
        masks = [self._items.mask(ItemFilter(categories=(name,), include_unavailable=True)) for name in names]
        return np.flatnonzero(np.logical_and.reduce(masks))
