"""Which rows each inverted list holds, and what a filter leaves of them. It knows nothing of queries, nor of FAISS."""

from collections.abc import Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from firstlight_store.allowed_rows import AllowedRows


@dataclass(frozen=True)
class LeftInLists:
    """What a choice of rows leaves in the lists that hold any of it, the list of the highest log p first."""

    lists: NDArray[np.int64]
    """(f,) int64: the lists' numbers."""
    counts: NDArray[np.int64]
    """(f,) int64: how many allowed rows each holds, at least 1."""
    best: NDArray[np.float32]
    """(f,) float32: the highest log p among them, falling."""

    def first(self, count: int) -> "LeftInLists":
        """Return the first `count` lists, or all."""
        return LeftInLists(self.lists[:count], self.counts[:count], self.best[:count])


class ListedRows:
    """Every row of an index, list by list. Safe across threads."""

    def __init__(self, rows_of_lists: Sequence[NDArray[np.int64]], *, log_priors: NDArray[np.float32]) -> None:
        """Take each list's rows, which may be none, and every row's log p (n,) float32."""
        log_priors = np.ascontiguousarray(log_priors)
        # The highest log p first, so that the first allowed row of a list is its best.
        ordered = [rows[np.argsort(-log_priors[rows], kind="stable")] for rows in rows_of_lists]
        self._rows = np.concatenate(ordered).astype(np.int32)
        self._log_priors = log_priors[self._rows]
        self._bounds = np.cumsum([0, *map(len, ordered)])
        self._remembered: WeakKeyDictionary[AllowedRows, LeftInLists] = WeakKeyDictionary()

    def left_by(self, allowed: AllowedRows) -> LeftInLists:
        """Return what `allowed` leaves: counted over all rows, so remembered for as long as the choice is kept."""
        left = self._remembered.get(allowed)
        if left is None:
            left = self._remembered[allowed] = self._count(allowed)
        return left

    def _count(self, allowed: AllowedRows) -> LeftInLists:
        places = np.flatnonzero(allowed.mask.take(self._rows))
        bounds = np.searchsorted(places, self._bounds)
        counts = np.diff(bounds)
        filled = np.flatnonzero(counts)
        best = self._log_priors[places[bounds[filled]]]
        order = np.argsort(-best, kind="stable")
        lists = filled[order]
        return LeftInLists(lists, counts[lists], best[order])
