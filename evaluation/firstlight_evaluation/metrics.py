"""What a ranked list is worth to a user: NDCG, recall and reciprocal rank with binary relevance.

The targets of a case are the new items of one basket, so a case may have several. Knows nothing of models or scores.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

LIST_LENGTH = 10
"""Length of the list that people see: the 10 of NDCG@10 and Recall@10."""

LONG_LIST_LENGTH = 20
"""Length of the judged list: the 20 of Recall@20."""


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
        # A comparison of all with all: for lists this short, a third of the time of a set lookup.
        found[place] = (top[place][:, None] == wanted).any(axis=1)
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


def reciprocal_rank(found: NDArray[np.bool_], _target_counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """One over the place of the first target, 0 where the list holds none (Voorhees, 1999).

    Args:
        found: ``(b, length)`` bool.

    Returns:
        ``(b,)`` float64 in [0, 1].
    """
    values: NDArray[np.float64] = found.any(axis=1) / (found.argmax(axis=1) + 1.0)
    return values


Metric = Callable[[NDArray[np.bool_], NDArray[np.int64]], NDArray[np.float64]]
"""Hits and target counts in, one value a user out."""

METRICS: Mapping[str, tuple[Metric, int]] = MappingProxyType(
    {
        f"ndcg@{LIST_LENGTH}": (ndcg, LIST_LENGTH),
        f"recall@{LIST_LENGTH}": (recall, LIST_LENGTH),
        f"recall@{LONG_LIST_LENGTH}": (recall, LONG_LIST_LENGTH),
        f"mrr@{LONG_LIST_LENGTH}": (reciprocal_rank, LONG_LIST_LENGTH),
    },
)
"""The metrics of accuracy, by the names reports use, each with how much of the list it looks at."""

MAIN_METRIC = f"ndcg@{LIST_LENGTH}"
"""The metric that tunes baselines and decides comparisons."""


def accuracy(found: NDArray[np.bool_], target_counts: NDArray[np.int64]) -> dict[str, NDArray[np.float64]]:
    """Every one of ``METRICS`` from ``(b, LONG_LIST_LENGTH)`` hits."""
    return {name: metric(found[:, :length], target_counts) for name, (metric, length) in METRICS.items()}
