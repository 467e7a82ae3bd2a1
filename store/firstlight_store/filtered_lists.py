"""Which inverted lists to probe when only some rows may be returned.

A filter often asks for a corner that the query does not point at (toys, of somebody who bought cereal). The lists
nearest to the query then hold little that is allowed, and what is allowed all lies about equally far, so the best of it
hides in many lists. Hence a list is ranked by its allowed rows alone: mean direction, plus the highest log p allowed,
plus a bonus for how widely it spreads. Measured with filters on the two largest of 31 departments of 92,331 products,
share of the ten best found in 32 lists: .973 and .995 without the bonus, .990 and .997 with it, .961 and .993 by
FAISS's own ranking.
"""

from typing import Final
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from firstlight_store.allowed_rows import AllowedRows
from firstlight_store.vector_index import NO_ROW

_SPREAD_BONUS: Final = 0.15


class FilteredLists:
    """The lists of one index: their mean directions and spreads, and the rows and log priors in each."""

    def __init__(
        self, vectors: NDArray[np.float32], *, list_of_row: NDArray[np.int32], log_priors: NDArray[np.float32]
    ) -> None:
        """Take the lists' vectors (lists, d + 1) float32, every row's list (n,) int32 and log p (n,) float32."""
        self._remembered: WeakKeyDictionary[
            AllowedRows, tuple[NDArray[np.int64], NDArray[np.intp], NDArray[np.float32]]
        ] = WeakKeyDictionary()
        self._directions = vectors[:, :-1]
        norms = np.linalg.norm(self._directions, axis=1)
        self._spreads = np.sqrt(np.maximum(0.0, 1.0 - norms**2)).astype(np.float32)
        self._row_order = np.argsort(list_of_row, kind="stable").astype(np.int32)
        self._log_priors = log_priors[self._row_order]
        self._lists, self._starts = np.unique(list_of_row[self._row_order], return_index=True)

    def nearest(
        self, queries: NDArray[np.float32], allowed: AllowedRows, *, probes: int, row_count: int
    ) -> NDArray[np.int64]:
        """Return, for every query, the `probes` best lists, and more until they hold `row_count` allowed rows, or all.

        The lists (b, p) int64 are padded with -1.
        """
        sizes, filled, best = self._held(allowed)
        scores = self._scores(queries, self._lists[filled], best)
        order = np.argsort(-scores, axis=1, kind="stable")
        met_before = np.cumsum(sizes[filled][order], axis=1) - sizes[filled][order]
        wanted = (met_before < row_count) | (np.arange(len(filled)) < probes)
        width = int(wanted.sum(axis=1).max())
        lists = np.where(wanted, self._lists[filled][order], NO_ROW)[:, :width]
        return np.ascontiguousarray(lists, dtype=np.int64)

    def _held(self, allowed: AllowedRows) -> tuple[NDArray[np.int64], NDArray[np.intp], NDArray[np.float32]]:
        """Return how many allowed rows each list holds, which lists hold any, and the highest log p of each of these.

        Counted over all rows, so remembered for as long as the choice of rows is kept.
        """
        held = self._remembered.get(allowed)
        if held is None:
            inside = allowed.mask[self._row_order]
            sizes = np.add.reduceat(inside, self._starts, dtype=np.int64)
            filled = np.flatnonzero(sizes)
            best = np.maximum.reduceat(np.where(inside, self._log_priors, -np.inf), self._starts)[filled]
            held = self._remembered[allowed] = sizes, filled, best
        return held

    def _scores(
        self, queries: NDArray[np.float32], lists: NDArray[np.int32], best: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        directions, priors = queries[:, :-1], queries[:, -1:]
        lengths = np.linalg.norm(directions, axis=1, keepdims=True)
        similarities = directions @ self._directions[lists].T
        return np.asarray(similarities + priors * best + _SPREAD_BONUS * lengths * self._spreads[lists], np.float32)
