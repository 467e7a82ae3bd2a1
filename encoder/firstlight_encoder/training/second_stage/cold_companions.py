"""Gives items that nobody took yet the companions of the items most like them. Knows nothing of logs."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.second_stage.neighbour_table import NOBODY, NeighbourTable

LIKE = 5
"""How many similar items an item borrows companions from."""

TRUST = 0.5
"""What a borrowed probability is worth."""

_AT_ONCE = 512


def filled(table: NeighbourTable, vectors: NDArray[np.float32]) -> NeighbourTable:
    """``table`` with every empty row filled from the nearest rows that are not.

    Args:
        table: of ``n`` items.
        vectors: ``(n, d)`` float32 unit rows.
    """
    empty = table.ids[:, 0] == NOBODY
    cold, warm = np.flatnonzero(empty), np.flatnonzero(~empty)
    if not len(cold) or not len(warm):
        return table
    ids, probabilities = table.ids.copy(), table.probabilities.copy()
    for start in range(0, len(cold), _AT_ONCE):
        rows = cold[start : start + _AT_ONCE]
        cosines = vectors[rows] @ vectors[warm].T
        nearest = np.argpartition(-cosines, min(LIKE, len(warm)) - 1, axis=1)[:, :LIKE]
        for row, places, likeness in zip(rows, nearest, np.take_along_axis(cosines, nearest, axis=1), strict=True):
            ids[row], probabilities[row] = _borrowed(table, warm[places], np.maximum(likeness, 0), without=int(row))
    return replace(table, ids=ids, probabilities=probabilities)


def _borrowed(
    table: NeighbourTable, lenders: NDArray[np.int64], likeness: NDArray[np.float32], *, without: int
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """One row, ``(w,)`` each: the lenders' companions, weighted by likeness, the heaviest first."""
    weights = TRUST * likeness / max(len(lenders), 1)
    rows, place = np.unique(table.ids[lenders], return_inverse=True)
    sums = np.bincount(place.ravel(), (table.probabilities[lenders] * weights[:, None]).ravel())
    sums[(rows == NOBODY) | (rows == without)] = 0
    width = table.ids.shape[1]
    kept = np.argsort(-sums, kind="stable")[:width]
    kept = kept[sums[kept] > 0]
    ids, probabilities = np.full(width, NOBODY, np.int32), np.zeros(width, np.float32)
    ids[: len(kept)], probabilities[: len(kept)] = rows[kept], sums[kept]
    return ids, probabilities
