"""Companions by regression: item weights with which histories predict themselves best, the positive ones kept.

EASE (Steck 2019): B = I - P diag(P)^-1 with P = (X'X + ridge I)^-1, over the items taken oftenest. It counts what a
companion adds beside the others, where the other tables count pairs. Knows nothing of vectors.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import inv

from firstlight_encoder.interactions import Interactions
from firstlight_encoder.ranking_quality import best_first
from firstlight_encoder.second_stage.neighbour_table import NOBODY, NeighbourTable
from firstlight_encoder.training.second_stage.companions import DECAY, WIDTH, indicator, latest_distinct

MOST_ITEMS = 10_000
"""The items regressed on, at most: a square matrix of so many is inverted (15 s, 1.2 GB)."""

RIDGE = 100.0
"""What keeps weights of rare items small, in users."""


def regression(log: Interactions) -> NeighbourTable:
    """Companions of the ``MOST_ITEMS`` items taken oftenest; the others' rows are empty."""
    users, items = latest_distinct(log.users[log.wanted], log.items[log.wanted])
    counts = np.bincount(items, minlength=log.item_count)
    kept = np.sort(np.argsort(-counts, kind="stable")[:MOST_ITEMS])
    kept = kept[counts[kept] > 0]
    ids = np.full((log.item_count, WIDTH), NOBODY, np.int32)
    weights = np.zeros((log.item_count, WIDTH), np.float32)
    for item, row in zip(kept.tolist(), _weights(users, items, kept, count=log.item_count), strict=True):
        best = best_first(row, count=WIDTH)
        best = best[row[best] > 0]
        ids[item, : len(best)], weights[item, : len(best)] = kept[best], row[best]
    return NeighbourTable(ids, weights, DECAY)


def _weights(
    users: NDArray[np.int64], items: NDArray[np.int64], kept: NDArray[np.int64], *, count: int
) -> NDArray[np.float32]:
    """``(len(kept), len(kept))`` float32: what taking one of ``kept`` says for another; 0 on the diagonal."""
    place = np.full(count, -1, np.int64)
    place[kept] = np.arange(len(kept))
    own = place[items] >= 0
    taken = indicator(users[own], place[items[own]], width=len(kept))
    gram = (taken.T @ taken).toarray()
    gram[np.diag_indices(len(kept))] += np.float32(RIDGE)
    precision: NDArray[np.float32] = inv(gram, overwrite_a=True, check_finite=False)
    weights = -precision / np.diag(precision)[None, :]
    np.fill_diagonal(weights, 0)
    return weights
