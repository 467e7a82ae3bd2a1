"""A neighbour table as a sparse matrix, and a table's rows of the heaviest of such a matrix. Knows nothing of logs."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from firstlight_encoder.second_stage.neighbour_table import NOBODY, NeighbourTable


def as_matrix(table: NeighbourTable) -> csr_array:
    """The table, ``(n, n)``."""
    rows, columns = np.nonzero(table.ids != NOBODY)
    places = (rows.astype(np.int64), table.ids[rows, columns].astype(np.int64))
    return csr_array((table.probabilities[rows, columns], places), shape=(len(table.ids), len(table.ids)))


def heaviest(sums: csr_array, items: NDArray[np.int64], *, width: int) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
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
    best = np.take_along_axis(values, kept, axis=1)
    return np.where(best > 0, np.take_along_axis(ids, kept, axis=1), np.int32(NOBODY)), best
