"""A search index with rows beside it: the index finds the best of its own, the others are scored one by one.

Nothing is ever added to an index that others search. Knows nothing of why rows came or went.
"""

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from firstlight_store.allowed_rows import AllowedRows
from firstlight_store.exact_index import scan
from firstlight_store.vector_index import NO_ROW, Hits, VectorIndex, require_searchable

_FEW = 100
"""Up to so many rows that may not be returned it is cheaper to find that many more than to search under a filter."""


@dataclass(frozen=True)
class _Parts:
    """What a choice of rows leaves of both: ``of_base`` is searched under, ``dropped`` left out of what was found."""

    of_base: AllowedRows | None
    dropped: NDArray[np.int64]
    of_side: AllowedRows | None
    base_count: int


class OverlaidIndex:
    """Finds rows of largest inner product in both. Safe across threads."""

    def __init__(self, base: VectorIndex, rows: NDArray[np.float32], *, gone: NDArray[np.int64]) -> None:
        """Takes the index, all ``rows`` ``(n + m, d + 1)`` float32 and which of the first n are no item any more."""
        self._base, self._side, self._total = base, rows[base.count :], len(rows)
        there = np.ones(len(rows), np.bool_)
        there[gone] = False
        self._there = AllowedRows(there)
        self._parts: WeakKeyDictionary[AllowedRows, _Parts] = WeakKeyDictionary()

    @property
    def count(self) -> int:
        """How many rows there are to find, those that are gone included."""
        return self._total

    @property
    def dimension(self) -> int:
        """The width of a row and of a query, d + 1."""
        return self._base.dimension

    def search(self, queries: NDArray[np.float32], *, k: int, allowed: AllowedRows | None = None) -> Hits:
        """Return the k best allowed rows of every query, as `VectorIndex` does. None allows all that are not gone."""
        require_searchable(self, queries, k=k, allowed=allowed)
        parts = self._split(self._there if allowed is None else allowed)
        found = [self._of_base(queries, parts, k)] if parts.base_count else []
        if parts.of_side is None or parts.of_side.count:
            side = scan(self._side, queries, k=k, allowed=parts.of_side)
            found.append(Hits(np.where(side.rows == NO_ROW, NO_ROW, side.rows + self._base.count), side.scores))
        return _best(found, k=k, queries=len(queries))

    def _of_base(self, queries: NDArray[np.float32], parts: _Parts, k: int) -> Hits:
        hits = self._base.search(queries, k=k + len(parts.dropped), allowed=parts.of_base)
        if not len(parts.dropped):
            return hits
        dropped = np.isin(hits.rows, parts.dropped)
        return Hits(np.where(dropped, NO_ROW, hits.rows), np.where(dropped, np.float32(-np.inf), hits.scores))

    def _split(self, allowed: AllowedRows) -> _Parts:
        parts = self._parts.get(allowed)
        if parts is None:
            parts = self._parts[allowed] = self._parted(allowed.mask)
        return parts

    def _parted(self, mask: NDArray[np.bool_]) -> _Parts:
        base, side = mask[: self._base.count], mask[self._base.count :]
        count = int(np.count_nonzero(base))
        few = len(base) - count <= _FEW
        dropped = np.flatnonzero(~base) if few else np.zeros(0, np.int64)
        of_side = None if side.all() and len(side) else AllowedRows(side)
        return _Parts(None if few else AllowedRows(base), dropped, of_side, count)


def _best(found: list[Hits], *, k: int, queries: int) -> Hits:
    """The k best of all, of equal scores the lower row first: parts come in the order of their rows."""
    short = Hits(np.full((queries, k), NO_ROW, np.int64), np.full((queries, k), -np.inf, np.float32))
    parts = [*found, short]
    rows = np.concatenate([part.rows for part in parts], axis=1)
    scores = np.concatenate([part.scores for part in parts], axis=1)
    order = np.argsort(-scores, axis=1, kind="stable")[:, :k]
    return Hits(np.take_along_axis(rows, order, axis=1), np.take_along_axis(scores, order, axis=1))
