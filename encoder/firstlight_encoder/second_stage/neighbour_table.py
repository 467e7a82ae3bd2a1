"""For every item its most probable companions, in fixed-width arrays.

A dense space of a few hundred dimensions does not hold such a table (``docs/model.md``). Knows nothing of how the
probabilities were counted.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NOBODY = -1
"""Fills the rest of a row."""


@dataclass(frozen=True)
class NeighbourTable:
    """Companions of ``n`` items, the most probable first.

    Attributes:
        ids: ``(n, w)`` int32 catalogue rows, ``NOBODY`` where a row ends.
        probabilities: ``(n, w)`` float32, of meeting the companion with the item; 0 where a row ends.
        decay: what an event counts relative to the next newer one.
    """

    ids: NDArray[np.int32]
    probabilities: NDArray[np.float32]
    decay: float

    def weights(self, count: int) -> NDArray[np.float32]:
        """``(count,)`` float32: what each of so many events counts, oldest first."""
        return np.power(np.float32(self.decay), np.arange(count - 1, -1, -1), dtype=np.float32)

    def candidates(self, history: NDArray[np.int64], *, most: int) -> NDArray[np.int32]:
        """The ``most`` rows with the highest weighted sum over ``history`` (``(k,)``, oldest first), in no order."""
        weighted = self.probabilities[history] * self.weights(len(history))[:, None]
        rows, place = np.unique(self.ids[history], return_inverse=True)
        sums = np.bincount(place.ravel(), weighted.ravel(), minlength=len(rows))
        sums[rows == NOBODY] = -1.0
        kept = np.argpartition(-sums, most)[:most] if len(rows) > most else np.arange(len(rows))
        return rows[kept[sums[kept] > 0]]

    def between(self, history: NDArray[np.int64], rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Probability of each of ``rows`` beside each event, ``(k, c)`` float32; 0 where the table has none.

        Args:
            history: ``(k,)`` int64 catalogue rows.
            rows: ``(c,)`` int64, ascending, at least one.
        """
        ids = self.ids[history]
        place = np.minimum(np.searchsorted(rows, ids), len(rows) - 1)
        event, column = np.nonzero(rows[place] == ids)
        found = np.zeros((len(history), len(rows)), np.float32)
        found[event, place[event, column]] = self.probabilities[history[event], column]
        return found
