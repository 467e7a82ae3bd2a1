"""Counts the neighbour tables from a log: which items are taken with, or after, which.

Both are conditional probabilities by counting (item-kNN; recipes and figures in ``docs/model.md``). Knows nothing of
vectors.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from firstlight_encoder.interactions import Interactions
from firstlight_encoder.second_stage.neighbour_table import NOBODY, NeighbourTable

WIDTH = 100
"""Companions kept of every item."""

DECAY = 0.8
"""What an event counts relative to the next newer one."""

USER_DAMPING = 0.5
"""A user of m items counts m to the minus this: whoever takes everything says little about any pair."""

SMOOTHING = 30.0
"""Users of other taste mixed into every item's own: a companion seen once is not certain."""

WINDOW = 10
"""How many baskets apart two items may be and still follow each other."""

TOGETHER = 2.0
"""What a pair in one basket counts."""

BACKWARD = 0.9
"""What a pair counts in the other order."""

ORDER_SMOOTHING = 100.0
"""Added to an item's total before its followers become shares."""

MOST_ITEMS_OF_A_USER = 500
"""The latest distinct items of a user that count."""

_ROWS_AT_ONCE = 2_048


def whole_history(log: Interactions) -> NeighbourTable:
    """Companions over whole histories: ``sum_u m_u^-damping [i, j in u] / (n_i + SMOOTHING)``."""
    users, items = latest_distinct(log.users[log.wanted], log.items[log.wanted])
    taken = indicator(users, items, width=log.item_count)
    sizes = np.bincount(users, minlength=taken.shape[0]).astype(np.float64)
    usual = np.median(sizes[sizes > 0]) if len(users) else 1.0  # of those in the log: others' numbers may be unused
    damping = np.asarray((np.maximum(sizes, 1) / usual) ** -USER_DAMPING, np.float32)
    totals = np.bincount(items, minlength=log.item_count) + SMOOTHING
    return _table(taken, csr_array(taken.multiply(damping[:, None])), totals)


def following(log: Interactions) -> NeighbourTable:
    """Companions by how near they follow: a pair d baskets apart counts 1/d, ``BACKWARD`` of it in the other order.

    In one basket it counts ``TOGETHER``.
    """
    wanted = log.wanted
    in_basket = indicator(log.basket_of[wanted], log.items[wanted], width=log.item_count, height=len(log.basket_users))
    near = csr_array(_nearness(log) @ in_basket)
    totals = np.asarray(in_basket.T @ near.sum(axis=1)).ravel() + ORDER_SMOOTHING
    return _table(in_basket, near, totals)


def _nearness(log: Interactions) -> csr_array:
    """``(b, b)``: what the items of one basket count as companions of another's of the same user."""
    owners = log.basket_users
    count = len(owners)
    rows, columns, values = [np.arange(count)], [np.arange(count)], [np.full(count, TOGETHER)]
    for distance in range(1, min(WINDOW, count - 1) + 1):
        earlier = np.flatnonzero(owners[:-distance] == owners[distance:])
        rows += [earlier, earlier + distance]
        columns += [earlier + distance, earlier]
        values += [np.full(len(earlier), 1 / distance), np.full(len(earlier), BACKWARD / distance)]
    places = (np.concatenate(rows), np.concatenate(columns))
    return csr_array((np.concatenate(values).astype(np.float32), places), shape=(count, count))


def _table(left: csr_array, right: csr_array, totals: NDArray[np.floating]) -> NeighbourTable:
    """The heaviest of ``left' right`` in every row, divided by ``totals`` ``(n,)``; never an item with itself."""
    count = left.shape[1]
    ids = np.full((count, WIDTH), NOBODY, np.int32)
    probabilities = np.zeros((count, WIDTH), np.float32)
    by_item = left.T.tocsr()
    for start in range(0, count, _ROWS_AT_ONCE):
        pairs = csr_array(by_item[start : start + _ROWS_AT_ONCE] @ right)
        for row, others, weights in _rows(pairs, start):
            kept = np.argsort(-weights, kind="stable")[:WIDTH]
            ids[row, : len(kept)] = others[kept]
            probabilities[row, : len(kept)] = weights[kept] / totals[row]
    return NeighbourTable(ids, probabilities, DECAY)


def _rows(pairs: csr_array, start: int) -> Iterator[tuple[int, NDArray[np.int32], NDArray[np.float32]]]:
    """Each row of ``pairs``, numbered from ``start``, without its own item, ids ascending."""
    pairs.sort_indices()
    for place in range(pairs.shape[0]):
        span = slice(pairs.indptr[place], pairs.indptr[place + 1])
        others = pairs.indices[span]
        foreign = others != start + place
        yield start + place, others[foreign], pairs.data[span][foreign]


def indicator(
    rows: NDArray[np.int64], columns: NDArray[np.int64], *, width: int, height: int | None = None
) -> csr_array:
    """1 at every (row, column), however often it is given."""
    tall = height if height is not None else int(rows.max(initial=-1)) + 1
    matrix = csr_array((np.ones(len(rows), np.float32), (rows, columns)), shape=(tall, width))
    matrix.sum_duplicates()
    matrix.data[:] = 1
    return matrix


def latest_distinct(users: NDArray[np.int64], items: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Each user's last ``MOST_ITEMS_OF_A_USER`` distinct items. ``users`` ascends; events are oldest first."""
    if not len(items):
        return users, items
    keys = users * (int(items.max()) + 1) + items
    _, first_seen = np.unique(keys[::-1], return_index=True)  # backwards, the first sight of a pair is its latest
    latest = np.sort(len(items) - 1 - first_seen)
    users, items = users[latest], items[latest]
    ends = np.searchsorted(users, users, side="right")
    recent = ends - np.arange(len(users)) <= MOST_ITEMS_OF_A_USER
    return users[recent], items[recent]
