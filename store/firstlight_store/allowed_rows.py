"""Which rows a search may return: what is left after filters and exclusions. It knows nothing of why."""

from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from firstlight_store.errors import IndexInputInvalid


class AllowedRows:
    """An immutable choice among `total` rows; its mask, rows and bitmap are made once, when first wanted.

    So keep and reuse the object where many searches share a filter.
    """

    def __init__(self, mask: NDArray[np.bool_]) -> None:
        """Take a mask (n,) bool, True where a row may be returned. The array must not be changed afterwards.

        Raises:
            IndexInputInvalid: it is not a vector of bool.
        """
        if mask.ndim != 1 or mask.dtype != np.bool_:
            raise IndexInputInvalid(f"a mask must be (n,) bool, not {mask.shape} {mask.dtype}")
        self.mask = mask

    @classmethod
    def from_rows(cls, rows: NDArray[np.int64], *, total: int) -> Self:
        """Allow just `rows` (m,) int64 of `total`; order and repeats do not matter.

        Raises:
            IndexInputInvalid: a row is outside 0..total-1.
        """
        mask = np.zeros(total, dtype=np.bool_)
        mask[_inside(rows, total)] = True
        return cls(mask)

    def without(self, rows: NDArray[np.int64]) -> "AllowedRows":
        """Return the same choice less `rows` (m,) int64.

        Raises:
            IndexInputInvalid: a row is outside 0..total-1.
        """
        mask = self.mask.copy()
        mask[_inside(rows, self.total)] = False
        return AllowedRows(mask)

    @property
    def total(self) -> int:
        """How many rows there are to choose from."""
        return len(self.mask)

    @cached_property
    def count(self) -> int:
        """How many rows are allowed."""
        return int(np.count_nonzero(self.mask))

    @cached_property
    def rows(self) -> NDArray[np.int64]:
        """The allowed rows (count,) int64, ascending."""
        return np.flatnonzero(self.mask)

    @cached_property
    def bitmap(self) -> NDArray[np.uint8]:
        """One bit a row, the lowest bit first, (ceil(total / 8),) uint8."""
        return np.packbits(self.mask, bitorder="little")


def _inside(rows: NDArray[np.int64], total: int) -> NDArray[np.int64]:
    if rows.size and (int(rows.min()) < 0 or int(rows.max()) >= total):
        raise IndexInputInvalid(f"rows {int(rows.min())}..{int(rows.max())} are not all inside 0..{total - 1}")
    return rows
