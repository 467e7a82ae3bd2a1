"""Filling a page place by place: who may come next, with what probability. Knows nothing of how preferences arise.

Place by place the ranking's next item stands against those that a policy prefers: with probability epsilon one of all
that are eligible, evenly, else one of the policy's preferences. In places kept for new items these alone are eligible.
Once the slots are used up the ranking goes on.
"""

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.exploration.candidates import Candidates
from firstlight_encoder.exploration.preferences import Preferences
from firstlight_encoder.exploration.slots import Slots


class Filling:
    """A page half filled. `chances` is exact, so that a log's page can be replayed under another policy."""

    def __init__(self, candidates: Candidates, preferences: Preferences, *, slots: Slots, epsilon: float) -> None:
        self._is_new = candidates.is_new
        self._preferences = preferences
        self._slots = slots
        self._epsilon = epsilon
        self._remaining = np.ones(len(candidates), np.bool_)
        self._next = 0
        self._place = 1
        self._explored = self._explored_new = 0

    @property
    def next(self) -> int:
        """What the ranking has next, a place among the candidates."""
        return self._next

    @property
    def is_open(self) -> bool:
        """Whether this place may show something else."""
        opens = self._slots.is_open(self._place, explored=self._explored)
        return opens and bool(not self._slots.new_places or (self._remaining & self._is_new).any())

    @property
    def is_over(self) -> bool:
        """Whether no place from here on may show anything else."""
        return self._slots.is_over(self._place, explored=self._explored)

    def chances(self) -> NDArray[np.float64]:
        """How probable each candidate is in this place, ``(n,)`` float64, summing to 1."""
        if not self.is_open:
            chances = np.zeros(len(self._remaining))
            chances[self._next] = 1
            return chances
        eligible = self._eligible()
        even = eligible / eligible.sum()
        mixed: NDArray[np.float64] = (1 - self._epsilon) * self._preferences.shares(eligible) + self._epsilon * even
        return mixed

    def take(self, candidate: int) -> bool:
        """Puts a candidate that remains into this place; returns whether that explores."""
        explores = candidate != self._next
        self._explored += explores
        self._explored_new += explores and bool(self._is_new[candidate])
        self._remaining[candidate] = False
        while self._next < len(self._remaining) and not self._remaining[self._next]:
            self._next += 1
        self._place += 1
        return explores

    def rest(self, count: int) -> NDArray[np.int64]:
        """What the ranking has for the next ``count`` places."""
        return np.flatnonzero(self._remaining)[:count]

    def _eligible(self) -> NDArray[np.bool_]:
        if self._slots.new_places:
            return self._remaining & self._is_new
        if self._explored_new < self._slots.most_new:
            return self._remaining
        eligible = self._remaining & ~self._is_new
        eligible[self._next] = True
        return eligible
