"""A matrix with many equal rows, multiplied once for each distinct one.

Shops sell many items under one text. Equal rows must also score exactly equal, or the kernel's rounding would break
their ties in catalogue order instead of at random. Knows nothing of what the rows stand for.
"""

import numpy as np
from numpy.typing import NDArray


class DistinctRows:
    """The distinct rows of ``(n, d)`` float32 and which of them each row is."""

    def __init__(self, rows: NDArray[np.float32]) -> None:
        numbers: dict[bytes, int] = {}
        contiguous = np.ascontiguousarray(rows)
        self._number_of = np.array([numbers.setdefault(row.tobytes(), len(numbers)) for row in contiguous], np.int64)
        _, first = np.unique(self._number_of, return_index=True)
        self._distinct = contiguous[first]

    @property
    def width(self) -> int:
        """``d``."""
        return int(self._distinct.shape[1])

    def take(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """``(len(rows), d)`` float32."""
        return self._distinct[self._number_of[rows]]

    def inner_products(self, queries: NDArray[np.float32]) -> NDArray[np.float32]:
        """``(b, d)`` float32 queries to ``(b, n)`` float32."""
        products: NDArray[np.float32] = (queries @ self._distinct.T)[:, self._number_of]
        return products
