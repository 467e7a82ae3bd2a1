"""Exact scores for candidate rows, and their order: the last step of every index, so that all agree to the bit."""

import numpy as np
from numpy.typing import NDArray

from firstlight_store.vector_index import NO_ROW, Hits

_FLOATS_AT_ONCE = 1 << 24


def rank(rows: NDArray[np.float32], queries: NDArray[np.float32], candidates: NDArray[np.int64], *, k: int) -> Hits:
    """Score candidates (b, c) int64, -1 for none, exactly against `queries` (b, d + 1), and return the k best.

    Scores do not depend on what else is among the candidates, so two indexes that find a row score it alike.
    """
    scores = _scores(rows, queries, candidates)
    order = np.lexsort((candidates, -scores), axis=1)[:, :k]
    found = Hits(np.take_along_axis(candidates, order, axis=1), np.take_along_axis(scores, order, axis=1))
    return _pad(found, k)


def _scores(
    rows: NDArray[np.float32], queries: NDArray[np.float32], candidates: NDArray[np.int64]
) -> NDArray[np.float32]:
    scores = np.empty(candidates.shape, dtype=np.float32)
    step = max(1, _FLOATS_AT_ONCE // max(1, candidates.shape[1] * rows.shape[1]))
    for start in range(0, len(queries), step):
        block = slice(start, start + step)
        # einsum without `optimize` sums every pair by itself; BLAS would sum differently by shape.
        np.einsum("bcd,bd->bc", rows[candidates[block]], queries[block], out=scores[block])
    scores[candidates == NO_ROW] = -np.inf
    return scores


def _pad(hits: Hits, k: int) -> Hits:
    missing = (len(hits.rows), max(0, k - hits.rows.shape[1]))
    rows = np.full(missing, NO_ROW, dtype=np.int64)
    scores = np.full(missing, -np.inf, dtype=np.float32)
    return Hits(np.concatenate([hits.rows, rows], axis=1), np.concatenate([hits.scores, scores], axis=1))
