"""Pairs of items of which one user takes the second soon after the first. Knows nothing of texts or models.

Every batch is drawn from a generator of its own, seeded by its number: a resumed run draws what the first would have.
"""

from typing import NamedTuple

import numpy as np

from firstlight_encoder.errors import TrainingDataError
from firstlight_encoder.interactions import Interactions
from firstlight_encoder.training.known_events import Rows

DRAWS_A_PAIR = 2
"""Draws for every pair wanted: some targets are unwanted, or the very item they should follow."""


class Pairs(NamedTuple):
    """``b`` pairs, ``(b,)`` int64 each.

    Attributes:
        users: whose they are.
        items: what the user took.
        followers: what they took at most ``reach`` baskets later, another item.
    """

    users: Rows
    items: Rows
    followers: Rows


class FollowerSampler:
    """Draws pairs from an event log, every event with a later basket equally often."""

    def __init__(self, log: Interactions, *, reach: int, seed: int) -> None:
        """Raises ``TrainingDataError`` if no user has two baskets."""
        self._log, self._reach, self._seed = log, reach, seed
        owners = log.basket_users
        self._last_basket = np.searchsorted(owners, owners, side="right") - 1
        has_next = self._last_basket[log.basket_of] > log.basket_of
        self._events = np.flatnonzero(log.wanted & has_next)
        if not len(self._events):
            raise TrainingDataError("no user has two baskets: no item follows another; give a longer event log")

    def draw(self, size: int, *, number: int) -> Pairs:
        """Batch ``number``: ``size`` pairs, or the few less that the draws gave."""
        random = np.random.default_rng((self._seed, number))
        draws = DRAWS_A_PAIR * size
        first = self._events[random.integers(0, len(self._events), draws)]
        basket = self._log.basket_of[first]
        ahead = np.minimum(self._last_basket[basket] - basket, self._reach)
        later = basket + 1 + (random.random(draws) * ahead).astype(np.int64)
        start, end = self._log.basket_starts[later], self._log.basket_starts[later + 1]
        second = start + (random.random(draws) * (end - start)).astype(np.int64)
        items = self._log.items
        good = np.flatnonzero(self._log.wanted[second] & (items[first] != items[second]))[:size]
        return Pairs(self._log.users[first[good]], items[first[good]], items[second[good]])
