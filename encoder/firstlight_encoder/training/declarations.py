"""What newcomers of training declare: names that what they take next carries, and names that nothing of it carries.

From after the target, never from it: a declaration must not give the answer away. Knows nothing of vectors or scores.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.interactions import Interactions
from firstlight_encoder.labels import Labels

Rows = NDArray[np.int64]

LEAST_WEIGHT = 0.25
"""Weights that are not 1 lie between this and 1, either way."""


@dataclass(frozen=True)
class DeclarationHabits:
    """How newcomers declare.

    Attributes:
        unsure: share of declarations with a weight below 1; of those with weight w only a share of w means anything.
        declined: share of declarations that name what is not wanted, with weights from -1 to -``LEAST_WEIGHT``.
    """

    unsure: float = 0.0
    declined: float = 0.0


PLAIN = DeclarationHabits()
"""Everything that is declared is wanted, with weight 1."""

DECLINING = DeclarationHabits(declined=1.0)
"""Nothing is wanted, where something can be found that is not."""


class Declarations(NamedTuple):
    """The declarations of ``b`` cases.

    Attributes:
        labels: ``(b, m)`` int64 label numbers, -1 for none.
        weights: ``(b, m)`` float32, 0 where there is none.
    """

    labels: Rows
    weights: NDArray[np.float32]

    @classmethod
    def none(cls, cases: int) -> "Declarations":
        """``cases`` that declare nothing."""
        return cls(np.zeros((cases, 0), np.int64), np.zeros((cases, 0), np.float32))

    def of(self, cases: Rows) -> "Declarations":
        """Those of some of the cases, ``(c,)`` places."""
        return Declarations(self.labels[cases], self.weights[cases])

    @property
    def declined(self) -> "Declarations":
        """Those that name what is not wanted, and nothing in place of the others."""
        return Declarations(np.where(self.weights < 0, self.labels, -1), np.minimum(self.weights, 0))


class DeclarationSampler:
    """Draws declarations of cases from what their users do later."""

    def __init__(
        self, interactions: Interactions, labels: Labels, *, random: np.random.Generator, moods: np.random.Generator
    ) -> None:
        """Draws names of what is taken later by ``random``, and what habits make of them by ``moods``.

        Habits thereby change what is said and leave all other draws as they were.
        """
        self._log, self._labels, self._random, self._moods = interactions, labels, random, moods
        # One past the last label stands none, so that an item without labels has something to point at.
        self._label_values = np.append(labels.values, -1)

    def draw(self, target: Rows, user_end: Rows, count: int, *, habits: DeclarationHabits) -> Declarations:
        """``count`` declarations a case.

        Args:
            target: ``(b,)`` the basket to predict.
            user_end: ``(b,)`` the event after the user's last.
            count: of the declarations.
            habits: how newcomers declare.
        """
        begin, after = self._log.basket_starts[target], self._log.basket_starts[target + 1]
        labels = self._of_later(after, user_end, count)
        if habits == PLAIN:
            return Declarations(labels, (labels >= 0).astype(np.float32))
        anyone = self._labels_of(self._moods.integers(0, len(self._log), labels.shape), self._moods)
        size = self._moods.uniform(LEAST_WEIGHT, 1, labels.shape)
        kind = self._moods.random(labels.shape)
        declines = (kind >= 1 - habits.declined) & (anyone >= 0)
        declines[declines] = ~self._taken(begin, user_end, anyone, declines)
        unsure = (kind < habits.unsure) & (labels >= 0)
        # A weight is how sure somebody is: what is said with weight w is no more than chance in a share of 1 - w.
        by_chance = unsure & (self._moods.random(labels.shape) >= size)
        labels = np.where(declines | by_chance, anyone, labels)
        weights = np.where(declines, -size, np.where(unsure, size, 1)) * (labels >= 0)
        return Declarations(labels, weights.astype(np.float32))

    def _of_later(self, after: Rows, user_end: Rows, count: int) -> Rows:
        """Labels of random wanted events of each case between two events, ``(b, count)``; -1 where there is none."""
        span = (user_end - after)[:, None]
        draw = self._random.random((len(after), count))
        events = np.minimum(after[:, None] + (draw * span).astype(np.int64), len(self._log) - 1)
        return np.where((span > 0) & self._log.wanted[events], self._labels_of(events, self._random), -1)

    def _labels_of(self, events: Rows, random: np.random.Generator) -> Rows:
        """One label of every event's item, -1 without: half of the time one that a person would ask by, else any."""
        items = self._log.items[events]
        first, count = self._labels.starts[items], self._labels.starts[items + 1] - self._labels.starts[items]
        asked = self._labels.asked_counts[items]
        by_asking = (random.random(items.shape) < 0.5) & (asked > 0)
        place = random.random(items.shape)
        level = np.floor(place * np.where(by_asking, asked, count)).astype(np.int64)
        if not self._labels.alternatives:
            level = np.where(by_asking, np.minimum(1, asked - 1), level)
        return np.where(count > 0, self._label_values[first + level], -1)

    def _taken(self, begin: Rows, end: Rows, labels: Rows, of: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Whether wanted events from ``begin`` to ``end`` of a case carry its ``labels``, at the places of ``of``."""
        cases = np.flatnonzero(of.any(axis=1))
        counts = (end - begin)[cases]
        whose = np.repeat(cases, counts)
        events = np.repeat(begin[cases] - (np.cumsum(counts) - counts), counts) + np.arange(len(whose))
        whose, events = whose[self._log.wanted[events]], events[self._log.wanted[events]]
        places, carried = self._labels.of_each(self._log.items[events])
        count = len(self._labels.names)
        return np.isin(np.nonzero(of)[0] * count + labels[of], whose[places] * count + carried)
