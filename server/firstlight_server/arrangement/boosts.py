"""What boosts and the impression discount add to candidates' scores. Knows nothing of how a page is filled."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from firstlight_server.arrangement.pool import Pool
from firstlight_server.arrangement.rules import Boost
from firstlight_server.selection import Selector
from firstlight_store import ItemTable


def boosted(boosts: Sequence[Boost], pool: Pool, selector: Selector) -> NDArray[np.float64]:
    """``(c,)`` float64: what all boosts together add, in score units."""
    added = np.zeros(len(pool.scores))
    for boost in boosts:
        added += boost.amount * pool.spread * selector.holds(boost.filter)[pool.ranking.rows]
    return added


def discounted(discount: float, untouched: Mapping[str, int], pool: Pool, items: ItemTable) -> NDArray[np.float64]:
    """``(c,)`` float64, at most 0, in score units: ``discount`` spreads for each time an item was left alone.

    Args:
        discount: in spreads.
        untouched: how often the user was shown an item without touching it, by its id.
        pool: the candidates.
        items: the catalogue.
    """
    ids = (items.ids[row] for row in pool.ranking.rows.tolist())
    counts = np.array([untouched.get(item_id, 0) for item_id in ids], np.float64)
    lost: NDArray[np.float64] = -discount * pool.spread * counts
    return lost
