"""Items that go together: pairs of one basket or of events close to each other, drawn from the log.

Knows nothing of vectors or users' histories.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.errors import TrainingDataError
from firstlight_encoder.interactions import Interactions
from firstlight_encoder.training.known_events import Rows

NEAREST = 3
"""Events apart, at most: the log is sorted by basket, so a basket's items are each other's nearest."""


@dataclass(frozen=True)
class PairBatch:
    """``b`` items with items that go with them.

    Attributes:
        items: ``(b,)`` int64 catalogue rows.
        partners: ``(b, p)`` int64 rows, -1 where the draw met another user or the item itself.
        times_h: ``(b,)`` float64, when the item was taken, hours since 1970.
    """

    items: Rows
    partners: Rows
    times_h: NDArray[np.float64]


class PairSampler:
    """Draws pairs from the wanted events of a log."""

    def __init__(self, interactions: Interactions, *, seed: int) -> None:
        """Raises ``TrainingDataError`` if no event speaks for its item."""
        self._log = interactions.where(interactions.wanted)
        if not len(self._log):
            raise TrainingDataError("no event speaks for its item: nothing goes together; give a longer event log")
        self.random = np.random.default_rng(seed)

    def draw(self, size: int, *, partners: int) -> PairBatch:
        """``size`` items with ``partners`` draws each, from before or after."""
        log = self._log
        events = self.random.integers(0, len(log), size)
        steps = self.random.integers(1, NEAREST + 1, (size, partners)) * self.random.choice([-1, 1], (size, partners))
        near = np.clip(events[:, None] + steps, 0, len(log) - 1)
        same_user = log.users[near] == log.users[events][:, None]
        other_item = log.items[near] != log.items[events][:, None]
        chosen = np.where(same_user & other_item, log.items[near], -1)
        return PairBatch(log.items[events], chosen, log.times_h[events])
