"""How many items of one kind a page may hold. Knows nothing of what the kinds are, or of scores."""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
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
        caps: what binds them.
        closed_by: ``(c,)`` int64, the place in ``caps`` of what closes a candidate, ``NO_CAP`` while it is open.
    """

    def __init__(self, caps: Sequence[Cap], *, count: int) -> None:
        self.caps = caps
        self.closed_by = np.full(count, NO_CAP)
        self._taken = [Counter[int]() for _ in caps]

    def take(self, candidate: int) -> None:
        """Counts a candidate, and closes those of its kinds where a cap is reached."""
        for number, (cap, taken) in enumerate(zip(self.caps, self._taken, strict=True)):
            kind = int(cap.kinds[candidate])
            taken[kind] += 1
            if kind != NO_CAP and taken[kind] == cap.most:
                self.closed_by[(cap.kinds == kind) & (self.closed_by == NO_CAP)] = number


def kinds(values: Iterable[Hashable | None]) -> NDArray[np.int64]:
    """``(c,)`` int64: equal numbers for equal values, ``NO_CAP`` for None and for what is empty."""
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(one, len(numbers)) if one else NO_CAP for one in values], np.int64)
