"""What the ranker knows of items beside their vectors: category, brand and price, as numbers.

Knows nothing of users.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

UNKNOWN = -1
"""The code of an item without a category or brand."""


@dataclass(frozen=True)
class ItemFacts:
    """``n`` items.

    Attributes:
        category: ``(n,)`` int32, equal numbers for equal leaf categories.
        brand: ``(n,)`` int32, likewise.
        log_price: ``(n,)`` float32, natural logarithm; NaN where unknown or not positive.
    """

    category: NDArray[np.int32]
    brand: NDArray[np.int32]
    log_price: NDArray[np.float32]

    @cached_property
    def side_by_side(self) -> NDArray[np.float32]:
        """``(n, 3)`` float32: category, brand and log price, NaN where unknown.

        An item's facts lie together, so that looking them up reads one place of memory. Codes below 2^24 are exact.
        """
        codes = np.stack([self.category, self.brand], axis=1).astype(np.float32)
        codes[codes == UNKNOWN] = np.nan
        return np.concatenate([codes, self.log_price[:, None]], axis=1)

    @cached_property
    def silent(self) -> bool:
        """Whether nothing is known of any item."""
        return bool(np.isnan(self.side_by_side).all())

    @classmethod
    def of(
        cls,
        *,
        categories: Sequence[Sequence[str]],
        brands: Sequence[str | None],
        prices: Sequence[float | None],
    ) -> "ItemFacts":
        """Facts of the items of these category paths, brands and prices."""
        log_price = [np.log(price) if price is not None and price > 0 else np.nan for price in prices]
        return cls(
            _codes([tuple(path) or None for path in categories]), _codes(brands), np.asarray(log_price, np.float32)
        )


def _codes(values: Sequence[object | None]) -> NDArray[np.int32]:
    """``(n,)`` int32: equal values have equal numbers, in order of appearance; ``UNKNOWN`` for None."""
    numbers: dict[object, int] = {}
    codes = [UNKNOWN if value is None else numbers.setdefault(value, len(numbers)) for value in values]
    return np.asarray(codes, np.int32)
