"""The items most like others by their vectors. Knows nothing of logs or tables."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.second_stage.neighbour_table import NOBODY

_AT_ONCE = 512

_GROUP = 64
"""How many columns share a maximum: the highest values are in the groups with the highest maxima."""


@dataclass(frozen=True)
class LikeItems:
    """For each of ``m`` items those most like it, in no order.

    Attributes:
        items: ``(m,)`` int64 catalogue rows.
        ids: ``(m, k)`` int64 catalogue rows of those like it, ``NOBODY`` where there are fewer.
        cosines: ``(m, k)`` float32, 0 where there are fewer.
    """

    items: NDArray[np.int64]
    ids: NDArray[np.int64]
    cosines: NDArray[np.float32]

    @classmethod
    def of(
        cls,
        vectors: NDArray[np.float32],
        *,
        among: NDArray[np.int64],
        count: int,
        items: NDArray[np.int64] | None = None,
    ) -> "LikeItems":
        """The ``count`` items most like each of ``items``, itself left out.

        Args:
            vectors: ``(n, d)`` float32 unit rows.
            among: ``(w,)`` int64, where to look, ascending.
            count: how many, at least 1.
            items: ``(m,)`` int64, whose; None for all.
        """
        items = np.arange(len(vectors), dtype=np.int64) if items is None else items
        parts = [items[start : start + _AT_ONCE] for start in range(0, len(items), _AT_ONCE)]
        width = _GROUP * -(-max(len(among), count) // _GROUP)
        candidates = np.concatenate([among, np.full(width - len(among), NOBODY, np.int64)])
        theirs = np.ascontiguousarray(vectors[candidates].T)
        found = [_nearest(part, vectors[part] @ theirs, candidates, count=count) for part in parts]
        blank = (np.zeros((0, count), np.int64), np.zeros((0, count), np.float32))
        ids, cosines = zip(blank, *found, strict=True)
        return cls(items, np.concatenate(ids), np.concatenate(cosines))


def _nearest(
    items: NDArray[np.int64], cosines: NDArray[np.float32], candidates: NDArray[np.int64], *, count: int
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The ``candidates`` ``(w,)`` of the highest ``cosines`` ``(b, w)``, which are spoiled, and these, ``(b, k)``."""
    real = np.count_nonzero(candidates != NOBODY)
    cosines[:, real:] = -np.inf
    own = np.isin(items, candidates[:real])
    cosines[np.flatnonzero(own), np.searchsorted(candidates[:real], items[own])] = -np.inf
    places = _highest(cosines, count=count)
    best = np.take_along_axis(cosines, places, axis=1)
    there = np.isfinite(best)
    return np.where(there, candidates[places], NOBODY), np.where(there, best, np.float32(0))


def _highest(values: NDArray[np.float32], *, count: int) -> NDArray[np.int64]:
    """The columns of the ``count`` highest of each row of ``values`` ``(b, w)``, w a multiple of ``_GROUP``.

    By way of the groups' maxima: partitions of whole rows take several times as long.
    """
    rows, groups = len(values), values.shape[1] // _GROUP
    if groups <= count:
        return np.argpartition(-values, count - 1, axis=1)[:, :count]
    maxima = values.reshape(rows, _GROUP, groups).max(axis=1)
    best = np.argpartition(-maxima, count - 1, axis=1)[:, :count]
    columns = (best[:, :, None] + groups * np.arange(_GROUP)).reshape(rows, -1)
    kept = np.argpartition(-np.take_along_axis(values, columns, axis=1), count - 1, axis=1)[:, :count]
    return np.take_along_axis(columns, kept, axis=1)
