"""Stretches of real users' events, whole or spliced from two of them: what shifts of interest look like, and what not.

Knows nothing of models.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.interactions import Interactions
from firstlight_encoder.profile.change_point import FEWEST_BEFORE, FEWEST_EVENTS, MOST_SINCE

MOST_BEFORE = 24
"""The most events before a shift that are drawn."""

TRIES = 200
"""How often a second user is drawn until one differs enough."""


@dataclass(frozen=True)
class Stretch:
    """Consecutive events.

    Attributes:
        rows: ``(n,)`` int64 catalogue rows, oldest first.
        before: how many of them come before the place in question, which a splice is at.
    """

    rows: NDArray[np.int64]
    before: int


class Stretches:
    """Draws stretches of the users of one log who have events enough."""

    def __init__(self, log: Interactions, vectors: NDArray[np.float32], *, centre: NDArray[np.float32]) -> None:
        """Takes the log.

        Args:
            log: its wanted events count.
            vectors: ``(items, d)`` float32 unit rows.
            centre: ``(d,)`` float32, left out of cosines.
        """
        wanted = log.where(log.wanted)
        bounds = np.flatnonzero(np.diff(wanted.users, prepend=-1, append=-1))
        runs = [wanted.items[first:last] for first, last in pairwise(bounds.tolist())]
        self.users = [own for own in runs if len(own) >= FEWEST_EVENTS + 2]
        self._vectors, self._centre = vectors, centre

    @cached_property
    def means(self) -> NDArray[np.float64]:
        """``(u, d)`` float64 unit rows: what each user is like, all in all."""
        means = np.stack([self._vectors[own].mean(0) - self._centre for own in self.users]).astype(np.float64)
        unit: NDArray[np.float64] = means / (np.linalg.norm(means, axis=1, keepdims=True) + 1e-9)
        return unit

    @cached_property
    def far(self) -> float:
        """The median cosine between two users: those below are of different interests."""
        some = self.means[:: max(1, len(self.means) // 1_000)]
        return float(np.median((some @ some.T)[np.triu_indices(len(some), 1)]))

    def whole(self, random: np.random.Generator) -> Stretch:
        """A stretch of one user."""
        own = self.users[random.integers(len(self.users))]
        before = int(random.integers(FEWEST_BEFORE, min(MOST_BEFORE, len(own) - 1) + 1))
        since = int(random.integers(1, min(MOST_SINCE, len(own) - before) + 1))
        start = int(random.integers(len(own) - before - since + 1))
        return Stretch(own[start : start + before + since], before)

    def spliced(self, random: np.random.Generator) -> Stretch:
        """A stretch of one user that goes on as another of different interests."""
        first, second = self.pair(random)
        own, other = self.users[first], self.users[second]
        before = int(random.integers(FEWEST_BEFORE, min(MOST_BEFORE, len(own)) + 1))
        since = int(random.integers(1, min(MOST_SINCE, len(other)) + 1))
        start, begin = (int(random.integers(len(one) - n + 1)) for one, n in ((own, before), (other, since)))
        return Stretch(np.concatenate([own[start : start + before], other[begin : begin + since]]), before)

    def pair(self, random: np.random.Generator) -> tuple[int, int]:
        """Two users whose interests differ more than those of most pairs."""
        first, second = 0, 0
        for _ in range(TRIES):
            first, second = random.integers(len(self.users), size=2).tolist()
            if first != second and self.means[first] @ self.means[second] < self.far:
                break
        return first, second
