"""What the neighbour tables say of several histories: the companions of their events in every table, looked up once.

Knows nothing of other sources of candidates or of features.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.second_stage.descending import highest
from firstlight_encoder.second_stage.lists import Lists
from firstlight_encoder.second_stage.neighbour_table import NeighbourTable

_PLACE_BITS = 24


@dataclass(frozen=True)
class Neighbourhoods:
    """Companions of the ``e`` events of ``b`` histories in ``t`` tables of one width ``w``.

    A companion of a history is known by its key, ``history * stride + row + 1``; ``NOBODY`` is one of them.

    Attributes:
        stride: one more than there are items.
        keys: ``(u,)`` int64, distinct companions, ascending: one history's after another's.
        companions: of each history, where they lie in ``keys``.
        place: ``(t, e, w)`` int64, where in ``keys`` each event's companions are.
        probabilities: ``(t, e, w)`` float32, of meeting the companion with the event's item; 0 for ``NOBODY``.
        newer: ``(e,)`` int64, how many events of its history are newer.
        weights: ``(t, e)`` float32, what each event counts in each table.
    """

    stride: int
    keys: NDArray[np.int64]
    companions: Lists
    place: NDArray[np.int64]
    probabilities: NDArray[np.float32]
    newer: NDArray[np.int64]
    weights: NDArray[np.float32]

    @classmethod
    def of(cls, tables: Sequence[NeighbourTable], histories: Sequence[NDArray[np.int64]]) -> "Neighbourhoods":
        """The neighbourhoods of ``histories``, ``(k,)`` catalogue rows each, oldest first."""
        events, rows = Lists.of(histories), np.concatenate(histories)
        stride = len(tables[0].ids) + 1
        ids = np.stack([table.ids.take(rows, axis=0) for table in tables])
        probabilities = np.stack([table.probabilities.take(rows, axis=0) for table in tables])
        marked = (ids + (stride * events.owners + 1)[:, None]).swapaxes(0, 1)  # an event's companions side by side
        keys, place = _distinct(marked.reshape(len(rows), ids.shape[0] * ids.shape[2]), events)
        place = np.ascontiguousarray(place.reshape(len(rows), *ids.shape[::2]).swapaxes(0, 1))
        counts = np.diff(keys.searchsorted(stride * np.arange(len(histories) + 1)))
        newer = (events.starts + events.lengths)[events.owners] - 1 - np.arange(len(rows))
        weights = np.power(np.array([[table.decay] for table in tables], np.float32), newer.astype(np.float32))
        return cls(stride, keys, Lists(counts), place, probabilities, newer, weights)

    def best(self, most: int) -> NDArray[np.int64]:
        """Keys of the ``most`` companions of each table and history with the highest weighted sum, in no order.

        Keys may come twice.
        """
        sums = self.companions.padded(self.sums[:, :-1], 0)
        place = highest(sums, most)
        shown = np.take_along_axis(sums, place, axis=-1) > 0
        return self.keys.take((place + self.companions.starts[:, None])[shown])

    @cached_property
    def sums(self) -> NDArray[np.float32]:
        """``(t, u + 1)`` float32: the weighted sum of every companion's probabilities; 0 in the column too many."""
        return self._counted(self.probabilities * self.weights[:, :, None])

    @cached_property
    def told(self) -> NDArray[np.float32]:
        """``(4, t, u + 1)`` float32 of every companion, all 0 in the column too many.

        Its weighted sum, its highest probability, that beside the last event, and how many events it is beside.
        """
        told = np.zeros((4, *self.sums.shape), np.float32)
        told[0] = self.sums
        np.maximum.at(told[1].reshape(-1), self._of_tables.ravel(), self.probabilities.ravel())
        last = self.newer == 0
        told[2].reshape(-1)[self._of_tables[:, last]] = self.probabilities[:, last]
        told[3] = self._counted(self.probabilities > 0)
        return told

    def at(self, keys: NDArray[np.int64]) -> NDArray[np.int64]:
        """``(c,)`` int64: the columns of ``keys`` ``(c,)``, the one too many for what is no companion."""
        if not len(self.keys):
            return np.zeros(len(keys), np.int64)
        place = self.keys.searchsorted(keys)
        return np.where(self.keys.take(place, mode="clip") == keys, place, len(self.keys))

    def _counted(self, values: NDArray[np.floating | np.bool_]) -> NDArray[np.float32]:
        """``(t, u + 1)`` float32: ``values`` ``(t, e, w)`` added up for every companion."""
        height, width = len(self.place), len(self.keys) + 1
        counted = np.bincount(self._of_tables.ravel(), values.ravel(), minlength=height * width)
        return counted.reshape(height, width).astype(np.float32)

    @cached_property
    def _of_tables(self) -> NDArray[np.int64]:
        """``(t, e, w)`` int64: ``place`` in a line a table, of one column more than there are companions."""
        return self.place + (len(self.keys) + 1) * np.arange(len(self.place))[:, None, None]


def _distinct(keys: NDArray[np.int64], events: Lists) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The distinct ``keys`` ``(e, k)``, ascending, and each one's place among them, ``(e * k,)``.

    What ``np.unique`` does, at a quarter of its price: a history's keys lie below the next one's, so each is sorted
    by itself.
    """
    marked = keys << _PLACE_BITS
    marked.reshape(-1)[:] |= np.arange(keys.size)
    for own in events.slices:
        marked[own].reshape(-1).sort()
    marked = marked.reshape(-1)
    ordered = marked >> _PLACE_BITS
    new = np.ones(len(ordered), np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
    place = np.empty(len(ordered), np.int64)
    place[marked & ((1 << _PLACE_BITS) - 1)] = np.add.accumulate(new, dtype=np.int64) - 1
    return ordered[new], place
