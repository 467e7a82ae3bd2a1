"""Gives items that nobody took yet the companions of the items most like them. Knows nothing of logs."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from firstlight_encoder.second_stage.neighbour_table import NOBODY, NeighbourTable
from firstlight_encoder.training.second_stage.like_items import LikeItems

LIKE = 5
"""How many similar items an item borrows companions from."""

TRUST = 0.5
"""What a borrowed probability is worth."""

_AT_ONCE = 2_048


def filled(tables: Mapping[str, NeighbourTable], vectors: NDArray[np.float32]) -> dict[str, NeighbourTable]:
    """``tables`` with their empty rows filled from the nearest rows that are empty in none of them.

    Args:
        tables: of the same ``n`` items, at least one.
        vectors: ``(n, d)`` float32 unit rows.
    """
    empty = np.stack([table.ids[:, 0] == NOBODY for table in tables.values()])
    cold, warm = np.flatnonzero(empty.any(0)), np.flatnonzero(~empty.any(0))
    if not len(cold) or not len(warm):
        return dict(tables)
    like = LikeItems.of(vectors, items=cold, among=warm, count=LIKE)
    return {name: _filled(table, like) for name, table in tables.items()}


def _filled(table: NeighbourTable, like: LikeItems) -> NeighbourTable:
    ids, probabilities = table.ids.copy(), table.probabilities.copy()
    lent = TRUST * np.maximum(like.cosines, 0) / np.maximum(np.count_nonzero(like.ids != NOBODY, axis=1), 1)[:, None]
    empty = np.flatnonzero(table.ids[like.items, 0] == NOBODY)
    whole = _sparse(table)
    for start in range(0, len(empty), _AT_ONCE):
        part = empty[start : start + _AT_ONCE]
        lenders, borrower = like.ids[part], np.repeat(np.arange(len(part)), like.ids.shape[1])
        places = (borrower, np.maximum(lenders.ravel(), 0))
        weights = csr_array((lent[part].ravel(), places), shape=(len(part), len(table.ids)))
        rows = like.items[part]
        ids[rows], probabilities[rows] = _heaviest(csr_array(weights @ whole), rows, width=table.ids.shape[1])
    return replace(table, ids=ids, probabilities=probabilities)


def _sparse(table: NeighbourTable) -> csr_array:
    """The table, ``(n, n)``."""
    rows, columns = np.nonzero(table.ids != NOBODY)
    places = (rows.astype(np.int64), table.ids[rows, columns].astype(np.int64))
    return csr_array((table.probabilities[rows, columns], places), shape=(len(table.ids), len(table.ids)))


def _heaviest(
    sums: csr_array, items: NDArray[np.int64], *, width: int
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """The columns and values of the ``width`` heaviest of each row of ``sums``, ``(b, width)``, the heaviest first.

    Args:
        sums: ``(b, n)``, at least 0; its column ``items[r]`` does not count in row r.
        items: ``(b,)`` int64.
        width: how many.
    """
    lengths = np.diff(sums.indptr)
    row = np.repeat(np.arange(len(items)), lengths)
    place = np.arange(len(row)) - sums.indptr[row]
    shape = (len(items), max(width, int(lengths.max(initial=0))))
    ids, values = np.full(shape, NOBODY, np.int32), np.zeros(shape, np.float32)
    ids[row, place], values[row, place] = sums.indices, np.where(sums.indices == items[row], 0, sums.data)
    kept = np.sort(np.argpartition(-values, width - 1, axis=1)[:, :width], axis=1)
    order = np.argsort(-np.take_along_axis(values, kept, axis=1), axis=1, kind="stable")
    kept = np.take_along_axis(kept, order, axis=1)
    heaviest = np.take_along_axis(values, kept, axis=1)
    return np.where(heaviest > 0, np.take_along_axis(ids, kept, axis=1), np.int32(NOBODY)), heaviest
