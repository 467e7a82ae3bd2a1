"""The seam between search and whatever finds nearest rows: a protocol, its answer, and the checks all share.

Rows are [v ; log p] and queries [s * u ; lambda]; the score is their inner product. It knows no index in particular.
"""

from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from firstlight_store.allowed_rows import AllowedRows
from firstlight_store.errors import IndexInputInvalid

NO_ROW: Final = -1
_ROWS_AT_ONCE: Final = 16_384


@dataclass(frozen=True)
class Hits:
    """The best rows of each query, the best first; of equal scores the lower row first."""

    rows: NDArray[np.int64]
    """(b, k) int64; -1 where fewer than k rows are allowed."""
    scores: NDArray[np.float32]
    """(b, k) float32 exact inner products; -inf beside -1."""


class VectorIndex(Protocol):
    """Finds the rows of largest inner product. Safe to search from several threads at once."""

    @property
    def count(self) -> int:
        """How many rows are indexed."""
        ...

    @property
    def dimension(self) -> int:
        """The width of a row and of a query, d + 1."""
        ...

    def search(self, queries: NDArray[np.float32], *, k: int, allowed: AllowedRows | None = None) -> Hits:
        """Return the k best allowed rows of every query (b, d + 1) float32.

        An answer is never shorter than min(k, allowed rows), whatever the filter.

        Raises:
            IndexInputInvalid: `queries` are misshapen or not finite, `k` < 1, or `allowed` is over another count.
        """
        ...


def require_searchable(
    index: VectorIndex, queries: NDArray[np.float32], *, k: int, allowed: AllowedRows | None
) -> None:
    """Check the arguments of a search, the same way for every index.

    Raises:
        IndexInputInvalid: as `VectorIndex.search` says.
    """
    if k < 1:
        raise IndexInputInvalid(f"k is {k}; ask for at least one row")
    if queries.ndim != 2 or queries.shape[1] != index.dimension or queries.dtype != np.float32:
        raise IndexInputInvalid(f"queries are {queries.shape} {queries.dtype}, not (b, {index.dimension}) float32")
    if not bool(np.isfinite(queries).all()):
        raise IndexInputInvalid("queries hold NaN or infinity; check the user vector they come from")
    if allowed is not None and allowed.total != index.count:
        raise IndexInputInvalid(f"allowed covers {allowed.total} rows, the index holds {index.count}")


def require_rows(rows: NDArray[np.float32]) -> None:
    """Check the rows that an index is to hold.

    Raises:
        IndexInputInvalid: they are not a finite (n, d + 1) float32 matrix with n >= 1 and d >= 1.
    """
    if rows.ndim != 2 or rows.dtype != np.float32 or rows.shape[0] < 1 or rows.shape[1] < 2:
        raise IndexInputInvalid(f"rows are {rows.shape} {rows.dtype}, not (n, d + 1) float32 with n, d >= 1")
    for start in range(0, len(rows), _ROWS_AT_ONCE):  # a mask over all rows would take a quarter of their memory
        finite = np.isfinite(rows[start : start + _ROWS_AT_ONCE]).all(axis=1)
        if not bool(finite.all()):
            bad = start + int(np.flatnonzero(~finite)[0])
            raise IndexInputInvalid(f"row {bad} holds NaN or infinity; check its item's text vector and prior")
