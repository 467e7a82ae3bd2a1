"""The reference index: every row is scored, block by block, in NumPy. What the fast index is measured against."""

import numpy as np
from numpy.typing import NDArray

from firstlight_store.allowed_rows import AllowedRows
from firstlight_store.ranking import rank
from firstlight_store.vector_index import Hits, require_rows, require_searchable

_SPARE = 8
_SMALLEST_BLOCK = 256
_SCORES_AT_ONCE = 1 << 24


class ExactIndex:
    """Exact search over rows (n, d + 1) float32, in memory or mapped; nothing is copied but allowed subsets."""

    def __init__(self, rows: NDArray[np.float32]) -> None:
        """Take the rows as they are.

        Raises:
            IndexInputInvalid: they are not a finite float32 matrix.
        """
        require_rows(rows)
        self._rows = rows

    @property
    def count(self) -> int:
        """How many rows are indexed."""
        return int(self._rows.shape[0])

    @property
    def dimension(self) -> int:
        """The width of a row and of a query, d + 1."""
        return int(self._rows.shape[1])

    def search(self, queries: NDArray[np.float32], *, k: int, allowed: AllowedRows | None = None) -> Hits:
        """Return the k best allowed rows of every query; see `VectorIndex.search`."""
        require_searchable(self, queries, k=k, allowed=allowed)
        return scan(self._rows, queries, k=k, allowed=allowed)


def scan(rows: NDArray[np.float32], queries: NDArray[np.float32], *, k: int, allowed: AllowedRows | None) -> Hits:
    """Score every allowed row for every query and return the k best, by exact float32 inner product."""
    subset = np.arange(len(rows)) if allowed is None else allowed.rows
    step = max(_SMALLEST_BLOCK, _SCORES_AT_ONCE // max(1, len(queries)))
    best = np.empty((len(queries), 0), dtype=np.int64)
    for start in range(0, len(subset), step):
        chosen = subset[start : start + step]
        block = rows[start : start + step] if allowed is None else rows[chosen]
        found = _largest(queries @ block.T, k + _SPARE)
        best = np.concatenate([best, chosen[found]], axis=1)
    return rank(rows, queries, best, k=k)


def _largest(scores: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    """Return the columns of the `count` largest scores of each row; the spare ones absorb BLAS's rounding."""
    if count >= scores.shape[1]:
        return np.broadcast_to(np.arange(scores.shape[1], dtype=np.int64), scores.shape)
    return np.argpartition(scores, -count, axis=1)[:, -count:]
