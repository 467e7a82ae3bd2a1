"""Which items carry a declared name, and how probable the name is: what a declaration does to the prior.

Of those who say that they want L, some share do so now: p(i | L) is (1 - share) p(i) + share p(i) [i carries L] / p(L).
So an item that carries L is lifted by log(1 + odds / p(L)): a rare name says more than a common one. A name that is not
wanted sinks its items by a factor of its own. Knows nothing of vectors or users.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.item_lift import ItemLift
from firstlight_encoder.labels import Labels

TRAINING_ODDS = 0.05
"""The odds, share / (1 - share), that the tower trains beside; those served are fitted."""

AGAINST = 9.0
"""A name that is not wanted, with weight -1, makes its items 1 + AGAINST times less probable."""

SMALLEST_SHARE = 1e-6
"""No name counts as less probable than this: nobody can tell how rare a name is that nobody takes."""


def lift(
    evidence: NDArray[np.floating], against: NDArray[np.floating], *, odds: float | NDArray[np.float32]
) -> NDArray[np.float32]:
    """What declarations add to log p(item), float32 of the shape of ``evidence``.

    Args:
        evidence: the sum of weight / p(L) over the wanted names that the item carries.
        against: the sum of the weights' sizes over the unwanted names that it carries.
        odds: that who declares a name means to have it next.
    """
    return np.asarray(np.log1p(odds * evidence) - np.log1p(AGAINST * against), np.float32)


def _merged(sorted_rows: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    """The distinct rows of several ascending lists, ascending; a stable sort runs through what is sorted already."""
    rows = np.sort(np.concatenate([np.zeros(0, np.int64), *sorted_rows]), kind="stable")
    distinct: NDArray[np.int64] = rows[np.append(True, rows[1:] != rows[:-1])[: len(rows)]]
    return distinct


@dataclass(frozen=True)
class DeclaredItems:
    """The items that declarations speak of.

    Attributes:
        rows: ``(r,)`` int64 distinct catalogue rows, ascending.
        evidence: ``(r,)`` float32, as in ``lift``.
        against: ``(r,)`` float32, as in ``lift``.
    """

    rows: NDArray[np.int64]
    evidence: NDArray[np.float32]
    against: NDArray[np.float32]

    @classmethod
    def of(cls, names: Sequence[tuple[NDArray[np.int64], float, float]]) -> "DeclaredItems":
        """The items of several names, each with its rows (distinct), the declaration's weight and its p(L)."""
        rows = _merged([own for own, _, _ in names])
        evidence, against = np.zeros(len(rows), np.float32), np.zeros(len(rows), np.float32)
        for own, weight, share in names:
            place = np.searchsorted(rows, own)
            evidence[place] += max(weight, 0) / max(share, SMALLEST_SHARE)
            against[place] += max(-weight, 0)
        return cls(rows, evidence, against)

    def lift(self, odds: float) -> NDArray[np.float32]:
        """What is added to log p of ``rows``, ``(r,)`` float32."""
        return lift(self.evidence, self.against, odds=odds)

    def item_lift(self, odds: float, *, weight: float) -> ItemLift:
        """What is added to the scores of items, in which the prior counts ``weight``."""
        return ItemLift(self.rows, np.float32(weight) * self.lift(odds))


@dataclass(frozen=True)
class LabelShares:
    """The labels of a catalogue beside its prior, at one moment or several.

    Attributes:
        labels: the names and the items that carry them.
        tables: ``(t, n)`` float32, log p(item) at each moment.
    """

    labels: Labels
    tables: NDArray[np.float32]

    @cached_property
    def _rows(self) -> NDArray[np.int64]:
        """The catalogue row of every entry of ``labels.values``."""
        return np.repeat(np.arange(self.tables.shape[1], dtype=np.int64), np.diff(self.labels.starts))

    @cached_property
    def shares(self) -> NDArray[np.float64]:
        """``(t, m)``: p(L), the probability of all items that carry each label."""
        count = len(self.labels.names)
        sums = [np.bincount(self.labels.values, np.exp(row[self._rows]), minlength=count) for row in self.tables]
        return np.maximum(np.stack(sums), SMALLEST_SHARE)

    @cached_property
    def items(self) -> list[NDArray[np.int64]]:
        """For each label, the catalogue rows that carry it, ascending."""
        order = np.argsort(self.labels.values, kind="stable")
        counts = np.bincount(self.labels.values, minlength=len(self.labels.names))
        return np.split(self._rows[order], np.cumsum(counts)[:-1])

    def lifted(self, said: Sequence[tuple[int, float]], *, moment: int = -1) -> DeclaredItems:
        """The items that one case's declarations speak of, as seen at one of the moments (by default the last).

        Args:
            said: labels with the weights of their declarations.
            moment: which of ``tables`` holds.
        """
        return DeclaredItems.of(
            [(self.items[label], weight, float(self.shares[moment, label])) for label, weight in said]
        )

    def lift(
        self,
        rows: NDArray[np.int64],
        declared: NDArray[np.int64],
        weights: NDArray[np.float32],
        *,
        moments: NDArray[np.int64],
        odds: float | NDArray[np.float32],
    ) -> NDArray[np.float32]:
        """What each case's declarations add to log p of ``rows``, ``(b, c)`` float32.

        Args:
            rows: ``(b, c)`` or ``(1, c)`` int64 catalogue rows.
            declared: ``(b, m)`` int64 labels, -1 for none.
            weights: ``(b, m)`` float32; negative for a name that is not wanted.
            moments: ``(b,)`` int64, which of ``tables`` holds for each case.
            odds: as in the function ``lift``; ``(b, 1)`` where cases differ.
        """
        weights = weights * (declared >= 0)
        each = np.maximum(weights, 0) / self.shares[moments[:, None], np.maximum(declared, 0)]
        carried = self._carried(rows, declared)
        # Mostly nothing is unwanted, and one 0 does for all.
        against = _summed(np.maximum(-weights, 0), carried) if (weights < 0).any() else np.zeros((1, 1), np.float32)
        return lift(_summed(each, carried), against, odds=odds)

    def _carried(self, rows: NDArray[np.int64], declared: NDArray[np.int64]) -> list[NDArray[np.float32]]:
        """For each of ``m`` labels, ``(b, c)`` float32: 1 where a row carries the one that a case declares, else 0."""
        names, slot = np.unique(declared, return_inverse=True)
        items, place = np.unique(rows, return_inverse=True)
        column, own = self.labels.of_each(items)
        line = np.minimum(np.searchsorted(names, own), max(len(names) - 1, 0))
        table = np.zeros((len(names), len(items)), np.float32)
        known = names[line] == own if len(names) else np.zeros(0, np.bool_)
        table[line[known], column[known]] = 1
        slots, places = slot.reshape(declared.shape).T, place.reshape(rows.shape)
        if len(rows) > 1:
            return [table[own[:, None], places] for own in slots]
        # Of rows that all cases share, whole lines are taken: many times faster than one number at a time.
        lines = table[:, places[0]]
        return [lines[own] for own in slots]


def _summed(each: NDArray[np.floating], carried: list[NDArray[np.float32]]) -> NDArray[np.float32]:
    """``(b, c)`` float32: what a case's labels count, ``each`` ``(b, m)``, m > 0, over those that a row carries."""
    total: NDArray[np.float32] = each[:, 0, None].astype(np.float32) * carried[0]
    for own, line in zip(each.T[1:], carried[1:], strict=True):
        total += own.astype(np.float32)[:, None] * line
    return total
