"""Several lists of different lengths in one array, end to end: what many newcomers need is worked out in one go.

Knows nothing of what the lists hold.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

_Scalar = TypeVar("_Scalar", bound=np.generic)


@dataclass(frozen=True)
class Lists:
    """Where each of ``b`` lists lies among ``c`` entries.

    Attributes:
        lengths: ``(b,)`` int64; they add up to ``c``.
    """

    lengths: NDArray[np.int64]

    @classmethod
    def of(cls, lists: Sequence[NDArray[np.int64]]) -> "Lists":
        """Those whose entries ``np.concatenate(lists)`` holds."""
        return cls(np.array([len(one) for one in lists], np.int64))

    @cached_property
    def starts(self) -> NDArray[np.int64]:
        """``(b,)`` int64, where each begins."""
        starts: NDArray[np.int64] = np.add.accumulate(self.lengths) - self.lengths
        return starts

    @cached_property
    def owners(self) -> NDArray[np.int64]:
        """``(c,)`` int64, whose list each entry is in."""
        return np.repeat(np.arange(len(self.lengths)), self.lengths)

    @cached_property
    def slices(self) -> list[slice]:
        """Of each list."""
        ends = np.add.accumulate(self.lengths)
        return [slice(*pair) for pair in zip(self.starts.tolist(), ends.tolist(), strict=True)]

    def spread(self, values: NDArray[_Scalar]) -> NDArray[_Scalar]:
        """``(..., c)``: the value ``(..., b)`` of its list for every entry."""
        return values.take(self.owners, axis=-1)

    def highest(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """``(..., b)``: the highest of each list's ``values`` ``(..., c)``; every list has one."""
        highest: NDArray[np.float32] = np.maximum.reduceat(values, self.starts, axis=-1)
        return highest

    def totals(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """``(..., b)``: the sum of each list's ``values`` ``(..., c)``; every list has one."""
        totals: NDArray[np.float32] = np.add.reduceat(values, self.starts, axis=-1)
        return totals

    def padded(self, values: NDArray[_Scalar], fill: float) -> NDArray[_Scalar]:
        """``(..., b, w)``: each list of ``values`` ``(..., c)`` a line, ``fill`` after its end."""
        lines = np.full((*values.shape[:-1], *self._held.shape), fill, values.dtype)
        lines[..., self._held] = values
        return lines

    def end_to_end(self, lines: NDArray[_Scalar]) -> NDArray[_Scalar]:
        """``(..., c)`` out of ``lines`` ``(..., b, w)``: what ``padded`` made, without what it filled in."""
        return lines[..., self._held]

    @cached_property
    def _held(self) -> NDArray[np.bool_]:
        """``(b, w)`` bool: which places of the lines are of a list, ``w`` being the longest's length."""
        places: NDArray[np.int64] = np.arange(int(self.lengths.max(initial=0)))
        return places < self.lengths[:, None]
