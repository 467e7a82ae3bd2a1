"""Weighted interests in named things, and how they change from the long horizon to the short one.

Knows nothing of where names come from.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

TYPE_WORTH: Mapping[str, float] = {
    "view": 1.0,
    "cart": 2.0,
    "purchase": 3.0,
    "favorite": 2.0,
    "remove_from_cart": -1.0,
    "dislike": -3.0,
    "rating": 2.0,
}
"""How much an event of each type speaks for its item, beside the caller's own weight."""

MOVED = 0.05
"""The least difference of shares that is told as a change."""


class Change(StrEnum):
    """How an interest moves."""

    RISING = "rising"
    FALLING = "falling"
    NEW = "new"


@dataclass(frozen=True)
class InterestChange:
    """One interest that moves.

    Attributes:
        name: what it is in.
        change: how it moves.
        weight: its share over the short horizon.
        before: its share over the long horizon, of the events before the latest ones.
    """

    name: str
    change: Change
    weight: float
    before: float

    @property
    def moved(self) -> float:
        """How far, to a millionth: where one interest takes what another loses, both have moved alike."""
        return round(abs(self.weight - self.before), 6)


def shares(names: Sequence[str | None], worths: NDArray[np.floating]) -> dict[str, float]:
    """Share of interest in each name, summing to 1, strongest first; empty where nothing speaks for anything.

    Args:
        names: what each event is about; None says nothing.
        worths: ``(n,)``, what each event counts; negative speaks against its name, which then counts less.
    """
    total: dict[str, float] = {}
    for name, worth in zip(names, worths.tolist(), strict=True):
        if name is not None:
            total[name] = total.get(name, 0.0) + worth
    wanted = {name: worth for name, worth in total.items() if worth > 0}
    whole = sum(wanted.values())
    return {name: wanted[name] / whole for name in sorted(wanted, key=lambda name: (-wanted[name], name))}


def changes(before: Mapping[str, float], now: Mapping[str, float]) -> list[InterestChange]:
    """What moves by ``MOVED`` or more, strongest movement first.

    Args:
        before: shares of the past; where it is empty nothing can have changed.
        now: shares over the short horizon.
    """
    if not before or not now:
        return []
    moved = [_change(name, before.get(name, 0.0), now.get(name, 0.0)) for name in dict.fromkeys((*now, *before))]
    return sorted((one for one in moved if one.moved >= MOVED), key=lambda one: (-one.moved, one.name))


def _change(name: str, before: float, now: float) -> InterestChange:
    kind = Change.NEW if not before else Change.RISING if now > before else Change.FALLING
    return InterestChange(name, kind, now, before)
