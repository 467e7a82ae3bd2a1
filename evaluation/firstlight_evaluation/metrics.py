"""What a ranked list is worth to a user: NDCG and recall with binary relevance.

The targets of a case are the new items of one basket, so a case may have several. Knows nothing of models or scores.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

LIST_LENGTH = 10
"""Length of the judged list: the 10 of NDCG@10 and Recall@10."""


def hits(top: NDArray[np.int64], targets: Sequence[NDArray[np.int64]]) -> NDArray[np.bool_]:
    """Which places of each list hold a target.

    Args:
        top: ``(b, length)`` int64 catalogue rows, best first, -1 where the list ends early.
        targets: for each list, the wanted rows, unique.

    Returns:
        ``(b, length)`` bool.
    """
    found = np.zeros(top.shape, np.bool_)
    for place, wanted in enumerate(targets):
        found[place] = np.isin(top[place], wanted)
    return found


def ndcg(found: NDArray[np.bool_], target_counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Normalised discounted cumulative gain with gain 1 for a target (Järvelin and Kekäläinen, 2002).

    The ideal list holds ``min(length, targets)`` targets at its head, so a perfect list scores 1 however many
    targets a basket has.

    Args:
        found: ``(b, length)`` bool.
        target_counts: ``(b,)`` int64, at least 1.

    Returns:
        ``(b,)`` float64 in [0, 1].
    """
    length = found.shape[1]
    discounts: NDArray[np.float64] = 1.0 / np.log2(np.arange(2.0, length + 2.0))
    ideal = np.cumsum(discounts)[np.minimum(target_counts, length) - 1]
    values: NDArray[np.float64] = (found @ discounts) / ideal
    return values


def recall(found: NDArray[np.bool_], target_counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Share of all targets that the list holds: the textbook recall.

    A basket of more targets than the list is long cannot reach 1. That is kept on purpose: dividing by
    ``min(length, targets)`` instead would be a precision for large baskets, and NDCG already has that normalisation.

    Args:
        found: ``(b, length)`` bool.
        target_counts: ``(b,)`` int64, at least 1.

    Returns:
        ``(b,)`` float64 in [0, 1].
    """
    values: NDArray[np.float64] = found.sum(axis=1) / target_counts
    return values


Metric = Callable[[NDArray[np.bool_], NDArray[np.int64]], NDArray[np.float64]]
"""Hits and target counts in, one value a user out."""

METRICS: Mapping[str, Metric] = MappingProxyType(
    {f"ndcg@{LIST_LENGTH}": ndcg, f"recall@{LIST_LENGTH}": recall},
)
"""The metrics of the curve, by the names reports use."""

MAIN_METRIC = f"ndcg@{LIST_LENGTH}"
"""The metric that tunes baselines and decides comparisons."""
