"""Puts new items beside the items most like them, as companions of whatever those are companions of.

A table that counts never offers what nobody took. Its place is borrowed: ``P'(j | i) = s sum_k w_kj P(k | i)`` over
the items k that a new item j is like, ``w_kj`` a power of their cosine and s what a new item is worth beside one that
people know. An item is a companion of itself there, as probable as its best. Knows nothing of logs.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array

from firstlight_encoder.second_stage.neighbour_table import NeighbourTable
from firstlight_encoder.training.second_stage.like_items import LikeItems
from firstlight_encoder.training.second_stage.table_rows import as_matrix, heaviest

NEW_AN_ITEM = 3
"""How many new items stand beside an item at most: a catalogue may hold more of them than of all others."""

WORTH = 0.3
"""What a new item is worth beside one that people know."""

SHARPNESS = 4.0
"""Power of the cosine by which a new item shares in an item's place."""

_AT_ONCE = 2_048


def shares_of_new_items(vectors: NDArray[np.float32], *, taken: NDArray[np.int64]) -> csr_array:
    """``(n, n)`` float32: what share of an item's place (its row) each new item like it has.

    Args:
        vectors: ``(n, d)`` float32 unit rows.
        taken: ``(n,)`` int64, how often each item was taken; 0 for new ones.
    """
    new, known = np.flatnonzero(taken == 0), np.flatnonzero(taken > 0)
    if not len(new) or not len(known):
        return csr_array((len(taken), len(taken)), dtype=np.float32)
    like = LikeItems.of(vectors, items=known, among=new, count=NEW_AN_ITEM)
    share = (WORTH * np.maximum(like.cosines, 0) ** SHARPNESS).astype(np.float32)
    places = (np.repeat(known, like.ids.shape[1]), np.maximum(like.ids, 0).ravel())
    return csr_array((share.ravel(), places), shape=(len(taken), len(taken)))


def with_new_items(table: NeighbourTable, shares: csr_array) -> NeighbourTable:
    """``table`` with new items among the companions, by their ``shares`` ``(n, n)`` in other items' places."""
    if not shares.nnz:
        return table
    whole, itself = as_matrix(table), diags_array(table.probabilities.max(axis=1)).tocsr()
    ids, probabilities = table.ids.copy(), table.probabilities.copy()
    for start in range(0, len(ids), _AT_ONCE):
        rows = np.arange(start, min(start + _AT_ONCE, len(ids)))
        own = whole[rows]
        ids[rows], probabilities[rows] = heaviest(own + (own + itself[rows]) @ shares, rows, width=ids.shape[1])
    return replace(table, ids=ids, probabilities=probabilities)
