"""Random short prefixes: training cases drawn from the log as newcomers would look.

Half of them know the first events from some basket on, half the last events before one; the target is always the next
basket (``docs/model.md``). Knows nothing of vectors.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.errors import TrainingDataError
from firstlight_encoder.interactions import Interactions
from firstlight_encoder.labels import Labels

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class CaseBatch:
    """``b`` training cases, padded with -1.

    Attributes:
        history: ``(b, k)`` int64 catalogue rows, oldest first.
        types: ``(b, k)`` int64.
        gaps_h: ``(b, k)`` float32.
        weights: ``(b, k)`` float32, 0 where padded.
        declared: ``(b, m)`` int64 label numbers.
        positives: ``(b, p)`` int64 rows, -1 where the draw was in the history or unwanted.
        times_h: ``(b,)`` float64, when the target basket happened, hours since 1970.
    """

    history: Rows
    types: Rows
    gaps_h: NDArray[np.float32]
    weights: NDArray[np.float32]
    declared: Rows
    positives: Rows
    times_h: NDArray[np.float64]


class CaseSampler:
    """Draws training cases from the users' events."""

    def __init__(self, interactions: Interactions, labels: Labels, *, seed: int) -> None:
        """Raises ``TrainingDataError`` if no user has two baskets."""
        self._log, self._labels = interactions, labels
        self._random = np.random.default_rng(seed)
        users = interactions.basket_users
        self._has_next = np.append(users[1:] == users[:-1], False)
        self._user_last = _last_of_each(interactions.users)
        self._openings = np.flatnonzero(self._has_next)
        if not len(self._openings):
            raise TrainingDataError("no user has two baskets: nothing to predict; give a longer event log")
        self._opening_users, self._opening_starts = np.unique(users[self._openings], return_index=True)

    def draw(self, size: int, *, k: int, declared: int, positives: int) -> CaseBatch:
        """``size`` cases of at most ``k`` events and ``declared`` labels, with ``positives`` target draws each."""
        lo, hi, target = self._spans(size, k)
        events = np.arange(k)[None, :] + (hi - k)[:, None]
        present = (events >= lo[:, None]) & (self._random.random(events.shape) >= 0.1 * (k > 1))
        history, safe = np.where(present, self._log.items[np.maximum(events, 0)], -1), np.maximum(events, 0)
        chosen = self._targets(target, positives)
        rows = np.where(self._log.wanted[chosen], self._log.items[chosen], -1)
        seen = (rows[:, :, None] == history[:, None, :]).any(-1) if k else np.zeros(rows.shape, np.bool_)
        return CaseBatch(
            history,
            self._log.types[safe],
            np.where(present, self._gaps(safe, target), 0).astype(np.float32),
            np.where(present, self._log.weights[safe], 0).astype(np.float32),
            self._declared(target, declared),
            np.where(seen, -1, rows),
            self._log.times_h[self._log.basket_starts[target]],
        )

    def _spans(self, size: int, k: int) -> tuple[Rows, Rows, Rows]:
        """First event, end event and target basket of ``size`` histories."""
        log, starts = self._log, self._log.basket_starts
        basket = self._baskets(size)
        first_k = self._random.random(size) < 0.5
        end = np.minimum(starts[basket] + k, self._user_last[log.basket_users[basket]] + 1)
        reached = log.basket_of[np.maximum(end - 1, starts[basket])]
        early = first_k & self._has_next[reached]
        target = np.where(early, reached + (1 if k else 0), basket + 1)
        hi = np.where(early, end, starts[basket + 1]) if k else starts[target]
        user_first = self._user_first(log.basket_users[basket])
        lo = np.where(early, starts[basket], np.maximum(starts[basket + 1] - k, user_first))
        return np.maximum(lo, hi - k), hi, target

    def _baskets(self, size: int) -> Rows:
        """Baskets that have a next one: a user at random, then one of theirs."""
        chosen = self._random.integers(0, len(self._opening_users), size)
        starts = np.append(self._opening_starts, len(self._openings))
        span = starts[chosen + 1] - starts[chosen]
        return self._openings[starts[chosen] + (self._random.random(size) * span).astype(np.int64)]

    def _user_first(self, users: Rows) -> Rows:
        return np.searchsorted(self._log.users, users)

    def _targets(self, basket: Rows, count: int) -> Rows:
        starts = self._log.basket_starts
        span = (starts[basket + 1] - starts[basket])[:, None]
        return starts[basket][:, None] + (self._random.random((len(basket), count)) * span).astype(np.int64)

    def _gaps(self, events: Rows, target: Rows) -> NDArray[np.float64]:
        """Hours to the target's basket for half of the cases, to the newest event for the others."""
        times = self._log.times_h[events]
        now = self._log.times_h[self._log.basket_starts[target]]
        at_target = self._random.random(len(target)) < 0.5
        newest = times[:, -1] if times.shape[1] else now
        return np.maximum(np.where(at_target, now, newest)[:, None] - times, 0)

    def _declared(self, target: Rows, count: int) -> Rows:
        """Labels of random events after the target's basket, of any level; -1 where there is none."""
        start = self._log.basket_starts[target + 1]
        span = self._user_last[self._log.basket_users[target]] + 1 - start
        draw = self._random.random((len(target), count))
        events = np.minimum(start[:, None] + (draw * span[:, None]).astype(np.int64), len(self._log) - 1)
        items = self._log.items[events]
        first, own = self._labels.starts[items], self._labels.starts[items + 1] - self._labels.starts[items]
        level = np.where(
            self._random.random(own.shape) < 0.5, np.minimum(1, own - 1), self._random.random(own.shape) * own
        )
        found = (
            self._labels.values[np.clip(first + level.astype(np.int64), 0, max(len(self._labels.values) - 1, 0))]
            if len(self._labels.values)
            else np.full(own.shape, -1)
        )
        return np.where((own > 0) & (span > 0)[:, None], found, -1)


def _last_of_each(users: Rows) -> Rows:
    """The last event of every user number, ``(max + 1,)``; 0 for those without events."""
    last = np.zeros(int(users.max(initial=-1)) + 1, np.int64)
    last[users] = np.arange(len(users))
    return last
