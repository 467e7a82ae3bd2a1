"""What answers take from the feedback loop beyond their ranking. Knows nothing of how either is done."""

from dataclasses import dataclass

from firstlight_server.exploration.pages import Pages
from firstlight_server.profile.drift_watch import DriftWatch


@dataclass(frozen=True)
class Adaptation:
    """Over one snapshot.

    Attributes:
        pages: makes explored pages; None where nothing is explored.
        watch: notices shifts of interest; None where answers heed none.
    """

    pages: Pages | None = None
    watch: DriftWatch | None = None


AS_RANKED = Adaptation()
"""Answers are what was ranked."""
