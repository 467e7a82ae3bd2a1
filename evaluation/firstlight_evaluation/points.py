"""The points of the cold-user curve: how much is known of a newcomer.

Knows nothing of users, models or metrics.
"""

from dataclasses import dataclass
from enum import Enum


class Evidence(Enum):
    """What kind of thing is known at a point, and so which models have anything to say."""

    NOTHING = "nothing"
    DECLARED = "declared"
    EVENTS = "events"


@dataclass(frozen=True, order=True)
class Point:
    """One point of the curve.

    Attributes:
        k: events known.
        declared: whether categories (or phrases) are declared as well.
    """

    k: int
    declared: bool = False

    @property
    def evidence(self) -> Evidence:
        """What is known here."""
        if self.k:
            return Evidence.EVENTS
        return Evidence.DECLARED if self.declared else Evidence.NOTHING

    @property
    def label(self) -> str:
        """How tables and plots name the point."""
        return str(self.k) if self.k else f"0 {self.evidence.value}"


CURVE_POINTS = (Point(0), Point(0, declared=True), Point(1), Point(2), Point(3), Point(5), Point(10))
"""The curve of ``docs/model.md``."""
