"""Groups of like items among the few that a user touched.

Average-linkage agglomeration over cosines (Sokal and Michener, 1958), which needs neither a number of groups nor a
start; cubic in the items, so callers give tens of them. Knows nothing of users or names.
"""

import numpy as np
from numpy.typing import NDArray

MOST_ITEMS = 50
"""Callers give at most the latest so many items."""


def clusters(vectors: NDArray[np.floating], *, least: float) -> list[NDArray[np.int64]]:
    """The groups, each as ascending places in ``vectors``; every item is in one.

    Args:
        vectors: ``(n, d)``, unit rows.
        least: groups are joined while the mean cosine between the nearest two is at least this.
    """
    groups = [np.array([place], np.int64) for place in range(len(vectors))]
    near = np.asarray(vectors @ vectors.T, np.float64)
    np.fill_diagonal(near, -np.inf)
    while len(groups) > 1:
        left, right = divmod(int(near.argmax()), len(groups))
        if near[left, right] < least:
            break
        left, right = min(left, right), max(left, right)
        sizes = len(groups[left]), len(groups[right])
        joined = (sizes[0] * near[left] + sizes[1] * near[right]) / sum(sizes)
        near[left], near[:, left], near[left, left] = joined, joined, -np.inf
        near = np.delete(np.delete(near, right, 0), right, 1)
        groups[left] = np.sort(np.concatenate([groups[left], groups.pop(right)]))
    return groups
