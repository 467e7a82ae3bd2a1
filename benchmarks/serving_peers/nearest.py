"""The seam between an answer and whatever finds near rows: a protocol, and how much effort suffices.

Knows no database in particular.
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from benchmarks.serving_peers.published import Published
from benchmarks.serving_peers.question import PAGE_SIZE

LEAST_RECALL = 0.95
MARGIN = 0.01
"""Efforts are chosen on other newcomers than those who are asked about afterwards, so a little above the least."""


class RecallTooLowError(Exception):
    """No effort that was offered finds enough of what exact search finds."""


class Nearest(Protocol):
    """Finds rows of large inner product with a query."""

    @property
    def efforts(self) -> Sequence[int]:
        """Settings of the search, the cheapest first."""
        ...

    def find(self, query: NDArray[np.float32], *, count: int, effort: int) -> NDArray[np.int64]:
        """At least ``count`` distinct rows for a ``query`` ``(d + 1,)`` float32, in no order that matters."""
        ...


def recall(nearest: Nearest, published: Published, *, effort: int) -> float:
    """The share of the ten exactly nearest rows that are found, over the published queries."""
    found = [nearest.find(query, count=PAGE_SIZE, effort=effort) for query in published.queries]
    hits = [np.isin(exact, own).mean() for exact, own in zip(published.nearest, found, strict=True)]
    return float(np.mean(hits))


def least_effort(nearest: Nearest, published: Published) -> int:
    """The cheapest effort that finds enough.

    Raises:
        RecallTooLowError: none does.
    """
    found: dict[int, float] = {}
    for effort in nearest.efforts:
        found[effort] = recall(nearest, published, effort=effort)
        if found[effort] >= LEAST_RECALL + MARGIN:
            return effort
    raise RecallTooLowError(f"recall@10 by effort is {found}, at least {LEAST_RECALL + MARGIN:g} is needed")
