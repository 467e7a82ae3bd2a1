"""The head of a full ranking: the best items of a row of scores, with ties broken at random.

Every item of the catalogue competes. Knows nothing of users, models or metrics.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

NO_ITEM = -1
"""Fills a list when fewer items than asked for may be ranked."""


def top_items(
    scores: NDArray[np.float32],
    *,
    excluded: Sequence[NDArray[np.int64]],
    length: int,
    random: np.random.Generator,
) -> NDArray[np.int64]:
    """The best ``length`` items of every row, best first.

    Of items with equal scores, any order and any choice at the cut is equally likely. A model that gives most of the
    catalogue the same score (a neighbour model mostly says zero) would otherwise be judged by the catalogue's order.

    Args:
        scores: ``(b, n)`` float32, finite; left as they are.
        excluded: for each row, the items that may not be ranked.
        length: how many items to return, at least 1.
        random: breaks the ties.

    Returns:
        ``(b, length)`` int64 catalogue rows, ``NO_ITEM`` where nothing is left to rank.
    """
    top = np.full((len(scores), length), NO_ITEM, np.int64)
    for place, (row, masked) in enumerate(zip(scores, excluded, strict=True)):
        best = _top_of_row(row, masked, length, random)
        top[place, : len(best)] = best
    return top


def _top_of_row(
    row: NDArray[np.float32], masked: NDArray[np.int64], length: int, random: np.random.Generator
) -> NDArray[np.int64]:
    # Losses, not scores: NumPy finds the low end of a row full of equal values ten times sooner than its high end.
    losses = -row
    losses[masked] = np.inf
    cut = np.partition(losses, length - 1)[length - 1] if len(row) >= length else np.float32(np.inf)
    above = np.flatnonzero(losses < cut)
    # Equal losses keep the order of their random keys: lexsort's last key decides first.
    above = above[np.lexsort((random.random(len(above)), losses[above]))]
    if cut == np.inf:
        return above
    tied = np.flatnonzero(losses == cut)
    return np.concatenate([above, random.choice(tied, size=length - len(above), replace=False)])
