"""The prior: how probable an item is when nothing is known of the user.

Smoothed, recency-weighted counts, backed off item -> leaf category -> parent -> whole catalogue, so that a new item
inherits what its category is worth. Knows nothing of vectors.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.interactions import Interactions

Rows = NDArray[np.int64]
"""Catalogue rows, or numbers of groups of them."""

HALF_LIVES_H: tuple[float | None, ...] = (None, 90 * 24.0, 28 * 24.0, 7 * 24.0)
"""What a half-life is chosen from, on validation: the shop's own pace decides."""

PSEUDO_EVENTS = 0.01
"""Events each item is given on average before any is seen, spread by category."""


class Damping(StrEnum):
    """Whose many events count by their square root instead of all alike.

    One wholesaler buys as much as a hundred newcomers and does not choose like them.
    """

    NONE = "none"
    USER = "user"
    USER_ITEM = "user and item"


@dataclass(frozen=True)
class Counting:
    """How events become popularity.

    Attributes:
        half_life_h: hours after which an event counts half; None counts old and new alike.
        damping: whose events count by their square root.
    """

    half_life_h: float | None = None
    damping: Damping = Damping.NONE


COUNTINGS = tuple(Counting(half_life, damping) for half_life in HALF_LIVES_H for damping in Damping)
"""What a shop's counting is chosen from."""


def popularity(interactions: Interactions, counting: Counting) -> NDArray[np.float64]:
    """Wanted events of every item, ``(item_count,)``, aged as seen from the last of them."""
    wanted = interactions.wanted
    items, times = interactions.items[wanted], interactions.times_h[wanted]
    weight = _damped(interactions, counting.damping)[wanted]
    if counting.half_life_h is not None and len(items):
        weight = weight * np.exp2((times - times.max()) / counting.half_life_h)
    counts: NDArray[np.float64] = np.bincount(items, weight, minlength=interactions.item_count).astype(np.float64)
    return counts


def _damped(interactions: Interactions, damping: Damping) -> NDArray[np.float64]:
    """What every event counts before ageing, ``(e,)``: 1 / sqrt(events of its group)."""
    if damping is Damping.NONE:
        return np.ones(len(interactions))
    groups = interactions.users
    if damping is Damping.USER_ITEM:
        groups = groups * interactions.item_count + interactions.items
    _, group, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    return 1 / np.sqrt(sizes[group])


def category_levels(categories: Sequence[Sequence[str]]) -> tuple[Rows, ...]:
    """For every level, root first, the number of each item's category path down to it: ``(n,)`` int64 each."""
    depth = max((len(path) for path in categories), default=0)
    return tuple(_numbered([tuple(path[: level + 1]) for path in categories]) for level in range(depth))


def log_prior(counts: NDArray[np.float64], levels: Sequence[Rows]) -> NDArray[np.float32]:
    """Log p(item), ``(n,)`` float32, finite, from ``counts`` ``(n,)`` and ``category_levels``."""
    base = np.full(len(counts), 1 / len(counts))
    for groups in levels:
        base = _toward_group_means(base, counts, groups)
    pseudo = PSEUDO_EVENTS * len(counts)
    share = (counts + pseudo * base) / (counts.sum() + pseudo)
    return np.asarray(np.log(share), np.float32)


def _numbered(paths: Sequence[tuple[str, ...]]) -> Rows:
    """``(n,)`` int64: equal paths have equal numbers, in order of appearance."""
    numbers: dict[tuple[str, ...], int] = {}
    return np.asarray([numbers.setdefault(path, len(numbers)) for path in paths], np.int64)


def _toward_group_means(base: NDArray[np.float64], counts: NDArray[np.float64], groups: Rows) -> NDArray[np.float64]:
    """``base`` replaced by the mean count of each item's group, where ``base`` itself counts as one more item."""
    size = np.bincount(groups)[groups]
    expected = base * max(counts.sum(), 1.0)
    mixed: NDArray[np.float64] = (np.bincount(groups, counts)[groups] + expected) / (size + 1)
    share: NDArray[np.float64] = mixed / mixed.sum()
    return share


@dataclass(frozen=True)
class PriorTimeline:
    """The prior as it was at each moment of the log, so that training never sees popularity from the future.

    Attributes:
        edges_h: ``(t - 1,)`` float64, hours since 1970 at which the next table begins; the last one is the log's end.
        tables: ``(t, n)`` float32, log p(item) from the events before each table's beginning.
    """

    edges_h: NDArray[np.float64]
    tables: NDArray[np.float32]

    @classmethod
    def of(
        cls, interactions: Interactions, levels: Sequence[Rows], *, counting: Counting, count: int = 24
    ) -> "PriorTimeline":
        """``count + 1`` tables, each beginning when as many more events have passed; the last has seen them all.

        One table where all events have the same time: the log knows their order only.
        """
        if np.ptp(interactions.times_h) == 0:
            return cls(np.zeros(0), log_prior(popularity(interactions, counting), levels)[None])
        edges = np.nextafter(np.quantile(interactions.times_h, np.arange(1, count + 1) / count), np.inf)
        pasts = [interactions.before(edge) for edge in (interactions.times_h.min(), *edges)]
        tables = [log_prior(popularity(past, counting), levels) for past in pasts]
        return cls(edges, np.stack(tables))

    def at(self, times_h: NDArray[np.float64]) -> NDArray[np.int64]:
        """Which of ``tables`` holds at ``times_h``, same shape, int64."""
        return np.searchsorted(self.edges_h, times_h, side="right").astype(np.int64)
