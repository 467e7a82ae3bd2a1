"""Users as they are and users spliced from two of them, so that it is known where interests shift.

Knows nothing of models that rank.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.interactions import Interactions
from firstlight_encoder.tokens import MAX_TOKENS
from firstlight_encoder.training.profile.stretches import TRIES

BEFORE = 10
"""Events before the place where journeys shift, at least; the basket that reaches so many ends there."""

SINCE = (1, 2, 3, 5, 8, 12)
"""Events after it, at least, at which a user is looked at."""


@dataclass(frozen=True)
class Moment:
    """A user at one time.

    Attributes:
        since: events after the shift, at least: one of ``SINCE``.
        after: events after the shift, to the end of the basket that reaches so many.
        rows: ``(n,)`` int64, the latest events' catalogue rows, oldest first.
        targets: int64, the new items of the next basket; never empty.
    """

    since: int
    after: int
    rows: NDArray[np.int64]
    targets: NDArray[np.int64]


@dataclass(frozen=True)
class Journey:
    """What a user does around the place in question.

    Attributes:
        user: number of the user it begins with.
        rows: ``(n,)`` int64 catalogue rows, oldest first.
        ends: ``(b,)`` int64: after so many events a basket ends.
        shift: how many events come before the place.
        far: whether the two users differ more than most; False where it is one user.
    """

    user: int
    rows: NDArray[np.int64]
    ends: NDArray[np.int64]
    shift: int
    far: bool

    def moments(self) -> Iterator[Moment]:
        """The user after each of ``SINCE`` events, where a new item follows."""
        for since in SINCE:
            reached = int(np.searchsorted(self.ends, self.shift + since))
            if reached == len(self.ends):
                return
            stop = int(self.ends[reached])
            later = self.ends[self.ends > stop]
            known = self.rows[:stop]
            new = np.setdiff1d(self.rows[stop : int(later[0])], known) if len(later) else known[:0]
            if len(new):
                yield Moment(since, stop - self.shift, known[-MAX_TOKENS:], new)


class Travellers:
    """Draws journeys of the users of one log."""

    def __init__(self, log: Interactions, vectors: NDArray[np.float32], *, centre: NDArray[np.float32]) -> None:
        """Takes the log and the ``(items, d)`` vectors; ``centre`` ``(d,)`` is left out of cosines between users."""
        self._log = log
        owners = log.basket_users
        self._runs = np.split(np.arange(len(owners)), np.flatnonzero(np.diff(owners)) + 1)
        means = np.stack([vectors[self._rows(run)].mean(0) - centre for run in self._runs]).astype(np.float64)
        self._means = means / (np.linalg.norm(means, axis=1, keepdims=True) + 1e-9)
        some = self._means[:: max(1, len(means) // 1_000)]
        self._median = float(np.median((some @ some.T)[np.triu_indices(len(some), 1)])) if len(some) > 1 else 0.0

    def whole(self, most: int, random: np.random.Generator) -> list[Journey]:
        """Up to ``most`` journeys of one user each, users taking turns."""
        able = [run for run in self._runs if self._size(run) > BEFORE + SINCE[-1]]
        drawn = (self._whole(able[place], random) for place in _turns(len(able), most, random))
        return [journey for journey in drawn if journey is not None]

    def spliced(self, most: int, random: np.random.Generator) -> list[Journey]:
        """Up to ``most`` journeys of two users each, those who begin taking turns; the second is any other."""
        able = [place for place, run in enumerate(self._runs) if self._size(run) > BEFORE + 1]
        drawn = (self._spliced(able[place], able, random) for place in _turns(len(able), most, random))
        return [journey for journey in drawn if journey is not None]

    def _whole(self, run: NDArray[np.int64], random: np.random.Generator) -> Journey | None:
        first = self._start(run, BEFORE + SINCE[-1] + 1, random)
        before = self._reach(run, first, BEFORE)
        return self._journey(run[first:before], run[before:], far=False)

    def _spliced(self, own: int, able: list[int], random: np.random.Generator) -> Journey | None:
        other = next((place for place in random.choice(able, TRIES).tolist() if place != own), own)
        run, second = self._runs[own], self._runs[other]
        first = self._start(run, BEFORE, random)
        far = bool(self._means[own] @ self._means[other] < self._median)
        begin = self._start(second, BEFORE + 1, random)
        return self._journey(run[first : self._reach(run, first, BEFORE)], second[begin:], far=far)

    def _journey(self, before: NDArray[np.int64], after: NDArray[np.int64], *, far: bool) -> Journey | None:
        after = after[: SINCE[-1] + 2]
        if not len(before) or len(after) < 2:
            return None
        sizes = np.diff(self._log.basket_starts)[np.concatenate([before, after])]
        rows = np.concatenate([self._rows(before), self._rows(after)])
        user = int(self._log.basket_users[before[0]])
        return Journey(user, rows, np.cumsum(sizes), int(sizes[: len(before)].sum()), far)

    def _start(self, run: NDArray[np.int64], least: int, random: np.random.Generator) -> int:
        """A basket of ``run`` that at least ``least`` events begin with."""
        left = self._log.basket_starts[run[-1] + 1] - self._log.basket_starts[run]
        return int(random.integers(max(1, int(np.count_nonzero(left >= least)))))

    def _reach(self, run: NDArray[np.int64], first: int, events: int) -> int:
        """The basket of ``run`` after the one that brings ``events`` since ``first``."""
        ends = self._log.basket_starts[run + 1] - self._log.basket_starts[run[first]]
        return int(np.searchsorted(ends, events)) + 1

    def _size(self, run: NDArray[np.int64]) -> int:
        return int(self._log.basket_starts[run[-1] + 1] - self._log.basket_starts[run[0]])

    def _rows(self, baskets: NDArray[np.int64]) -> NDArray[np.int64]:
        starts = self._log.basket_starts
        return np.concatenate([self._log.items[starts[one] : starts[one + 1]] for one in baskets.tolist()])


def _turns(count: int, most: int, random: np.random.Generator) -> list[int]:
    """Numbers below ``count``, each as often as any other, in random order."""
    rounds = range(-(-most // count)) if count else range(0)
    return [place for _ in rounds for place in random.permutation(count).tolist()][:most]
