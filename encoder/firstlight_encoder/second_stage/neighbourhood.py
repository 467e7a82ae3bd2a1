"""What the neighbour tables say of one history: the companions of its events in every table, looked up once.

Knows nothing of other sources of candidates or of features.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.second_stage.descending import descending
from firstlight_encoder.second_stage.neighbour_table import NeighbourTable


@dataclass(frozen=True)
class Neighbourhood:
    """Companions of ``k`` events in ``t`` tables of one width ``w``.

    Attributes:
        rows: ``(u,)`` int32 distinct catalogue rows of the companions, ascending; ``NOBODY`` may be the first.
        place: ``(t * k, w)`` int64, where in ``rows`` each companion is.
        probabilities: ``(t * k, w)`` float32, of meeting the companion with the event's item; 0 for ``NOBODY``.
        weights: ``(t, k)`` float32, what each event counts in each table.
    """

    rows: NDArray[np.int32]
    place: NDArray[np.int64]
    probabilities: NDArray[np.float32]
    weights: NDArray[np.float32]

    @classmethod
    def of(cls, tables: Sequence[NeighbourTable], history: NDArray[np.int64]) -> "Neighbourhood":
        """The neighbourhood of ``history``, ``(k,)`` catalogue rows, oldest first."""
        ids = np.concatenate([table.ids.take(history, axis=0) for table in tables])
        probabilities = np.concatenate([table.probabilities.take(history, axis=0) for table in tables])
        decays = np.array([[table.decay] for table in tables], np.float32)
        weights = np.power(decays, np.arange(len(history) - 1, -1, -1, dtype=np.float32))
        rows, place = _distinct(ids.ravel())
        return cls(rows, place.reshape(ids.shape), probabilities, weights)

    def best(self, most: int) -> NDArray[np.int32]:
        """The ``most`` companions of each table with the highest weighted sum over the history, in no order.

        Rows may come twice.
        """
        height, count = len(self.weights), len(self.rows)
        firsts = count * np.arange(height)[:, None]
        weighted = self.probabilities * self.weights.reshape(-1, 1)
        keys = self.place.reshape(height, -1) + firsts
        sums = np.bincount(keys.ravel(), weighted.ravel(), minlength=height * count).astype(np.float32)
        best = descending(sums.reshape(height, count))[:, :most]
        return self.rows.take(best[sums.take(best + firsts) > 0])

    def between(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Probability of each of ``rows`` beside each event in each table, ``(t, k, c)`` float32; 0 where it has none.

        Args:
            rows: ``(c,)`` int64 catalogue rows, distinct.
        """
        count = len(rows)
        # Companions that nobody asks for all share one column more, which is cut off.
        columns = np.full(len(self.rows), count)
        if len(self.rows):
            place = self.rows.searchsorted(rows)
            hits = np.flatnonzero(self.rows.take(place, mode="clip") == rows)
            columns[place[hits]] = hits
        found = np.zeros((len(self.place), count + 1), np.float32)
        keys = columns.take(self.place) + (count + 1) * np.arange(len(self.place))[:, None]
        found.reshape(-1)[keys] = self.probabilities
        return found.reshape(*self.weights.shape, count + 1)[:, :, :count]


def _distinct(ids: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """The distinct ``ids`` ``(e,)``, ascending, and each one's place among them, ``(e,)``.

    What ``np.unique`` does, at a third of its price for so few.
    """
    keys = ids.astype(np.int64)
    keys <<= 32
    keys |= np.arange(len(ids))
    keys.sort()
    ordered = (keys >> 32).astype(np.int32)
    new = np.ones(len(ids), np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
    place = np.empty(len(ids), np.int64)
    place[keys & 0xFFFFFFFF] = new.cumsum() - 1
    return ordered[new], place
