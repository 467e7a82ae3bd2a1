"""What the second stage reads of a newcomer. Knows nothing of requests, logs or scores."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

MOST_EVENTS = 20
"""How many of the latest events are read: older ones say less than they cost."""


def _no_rows() -> NDArray[np.int64]:
    return np.zeros(0, np.int64)


@dataclass(frozen=True)
class Known:
    """One newcomer.

    Attributes:
        history: ``(k,)`` int64 catalogue rows of the events that speak for their item, oldest first.
        disliked: ``(m,)`` int64 catalogue rows of those that speak against it.
        declared: texts that were declared, with their weights; negative speaks against.
    """

    history: NDArray[np.int64] = field(default_factory=_no_rows)
    disliked: NDArray[np.int64] = field(default_factory=_no_rows)
    declared: tuple[tuple[str, float], ...] = ()

    @property
    def wanted_count(self) -> int:
        """How many declared texts are wanted."""
        return sum(weight > 0 for _, weight in self.declared)

    @property
    def recent(self) -> NDArray[np.int64]:
        """The latest ``MOST_EVENTS`` of ``history``."""
        return self.history[-MOST_EVENTS:]
