"""How many items of one kind a page may hold. Knows nothing of what the kinds are, or of scores."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NO_CAP = -1
"""Stands for no cap among caps, and for an item of no kind, which no cap binds."""


@dataclass(frozen=True)
class Cap:
    """At most ``most`` candidates of one kind.

    Attributes:
        rule: its name.
        most: how many.
        kinds: ``(c,)`` int64, equal numbers for candidates of the same kind, ``NO_CAP`` for those of none.
    """

    rule: str
    most: int
    kinds: NDArray[np.int64]


class Caps:
    """Which of ``c`` candidates may still be taken.

    Attributes:
        barred: ``(c,)`` float64, what to add to the worth of candidates: 0, or minus infinity where a cap is reached.
        closed: whether any cap is reached.
    """

    def __init__(self, caps: Sequence[Cap], *, count: int) -> None:
        self.barred = np.zeros(count)
        self.closed = False
        self._caps = [(cap, Counter[int]()) for cap in caps]

    def take(self, candidate: int) -> None:
        """Counts a candidate, and closes those of its kinds where a cap is reached."""
        for cap, taken in self._caps:
            kind = int(cap.kinds[candidate])
            taken[kind] += 1
            if kind != NO_CAP and taken[kind] == cap.most:
                self.barred[cap.kinds == kind] = -np.inf
                self.closed = True

    def closing(self, candidates: NDArray[np.bool_]) -> list[str]:
        """The rules of the caps that close any of ``candidates`` ``(c,)`` bool."""
        return [cap.rule for cap, taken in self._caps if any(taken[kind] >= cap.most for kind in _of(cap, candidates))]


def _of(cap: Cap, candidates: NDArray[np.bool_]) -> set[int]:
    found: set[int] = set(cap.kinds[candidates].tolist())
    return found - {NO_CAP}
