"""Lends items that few took the companions of the items most like them, and new items all they have.

Shrinkage toward what texts expect: ``P'(j | i) = P(j | i) + s / (n_i + s) sum_k w_ik P(j | k)`` over the items k
like i: it counts for less the more users took i. Knows nothing of logs.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from firstlight_encoder.second_stage.neighbour_table import NOBODY, NeighbourTable
from firstlight_encoder.training.second_stage.like_items import LikeItems

LIKE = 10
"""How many similar items an item borrows companions from."""

LENT = 20.0
"""How many users of like items are worth as much as one's own."""

LEAST_SHARE = 0.1
"""Borrowers whose loan counts for less are left as they are."""

SHARPNESS = 4.0
"""Power of the cosine by which lenders count; the users who took them count by their root."""

_TINY = 1e-9

_AT_ONCE = 2_048


def lent(
    tables: Mapping[str, NeighbourTable], vectors: NDArray[np.float32], *, taken: NDArray[np.int64]
) -> dict[str, NeighbourTable]:
    """``tables`` with what items few took borrow from those like them.

    Args:
        tables: of the same ``n`` items.
        vectors: ``(n, d)`` float32 unit rows.
        taken: ``(n,)`` int64, how often each item was taken.
    """
    share = LENT / (taken + LENT)
    borrowers, lenders = np.flatnonzero(share >= LEAST_SHARE), np.flatnonzero(taken > 0)
    if not len(borrowers) or not len(lenders):
        return dict(tables)
    like = LikeItems.of(vectors, items=borrowers, among=lenders, count=LIKE)
    weights = np.maximum(like.cosines, 0) ** SHARPNESS * np.sqrt(taken[like.ids])
    weights *= (share[borrowers] / np.maximum(weights.sum(axis=1), _TINY))[:, None]
    return {name: _joined(table, like, weights.astype(np.float32)) for name, table in tables.items()}


def _joined(table: NeighbourTable, like: LikeItems, weights: NDArray[np.float32]) -> NeighbourTable:
    """``table`` with the rows of ``like.ids`` added to those of ``like.items``, times ``weights`` ``(m, k)``."""
    ids, probabilities = table.ids.copy(), table.probabilities.copy()
    whole = _sparse(table)
    own = whole[like.items]
    for start in range(0, len(like.items), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        rows = like.items[part]
        borrower = np.repeat(np.arange(len(rows)), like.ids.shape[1])
        places = (borrower, np.maximum(like.ids[part].ravel(), 0))
        loans = csr_array((weights[part].ravel(), places), shape=(len(rows), len(table.ids)))
        sums = csr_array(own[part] + loans @ whole)
        ids[rows], probabilities[rows] = _heaviest(sums, rows, width=table.ids.shape[1])
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
