"""Which events a training case knows, and which basket it must predict.

Half of the cases know the first events from some basket on, half the last events up to the end of one; the target is
always the next basket (``docs/model.md``). Knows nothing of items, labels or vectors.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.errors import TrainingDataError
from firstlight_encoder.interactions import Interactions

Rows = NDArray[np.int64]


class KnownEvents(NamedTuple):
    """What ``b`` cases know and predict, ``(b,)`` int64 each.

    Attributes:
        start: the first event known.
        end: the event after the last one known; ``start`` where nothing is.
        target: the basket to predict.
    """

    start: Rows
    end: Rows
    target: Rows


class KnownEventsSampler:
    """Draws spans of a user's events, each with a basket of theirs after it."""

    def __init__(self, interactions: Interactions, random: np.random.Generator) -> None:
        """Raises ``TrainingDataError`` if no user has two baskets."""
        self._log, self._random = interactions, random
        users = interactions.basket_users
        has_next = np.append(users[1:] == users[:-1], False)
        self._openings = np.flatnonzero(has_next)
        if not len(self._openings):
            raise TrainingDataError("no user has two baskets: nothing to predict; give a longer event log")
        self._opening_users, self._opening_starts = np.unique(users[self._openings], return_index=True)
        # One past the last basket stands nobody, so that a basket after it belongs to no user.
        self._basket_users = np.append(users, -1)

    def draw(self, size: int, *, k: int) -> KnownEvents:
        """``size`` spans of at most ``k`` events."""
        basket = self._baskets(size)
        wants_first = self._random.random(size) < 0.5
        first, last = self._first_events(basket, k), self._last_events(basket, k)
        has_target = self._basket_users[first.target] == self._basket_users[basket]
        is_first = wants_first & has_target
        return KnownEvents(*(np.where(is_first, *pair) for pair in zip(first, last, strict=True)))

    def _baskets(self, size: int) -> Rows:
        """Baskets that have a next one: a user at random, then one of theirs."""
        chosen = self._random.integers(0, len(self._opening_users), size)
        starts = np.append(self._opening_starts, len(self._openings))
        span = starts[chosen + 1] - starts[chosen]
        baskets: Rows = self._openings[starts[chosen] + (self._random.random(size) * span).astype(np.int64)]
        return baskets

    def _first_events(self, basket: Rows, k: int) -> KnownEvents:
        """The first ``k`` events of a user who begins with ``basket``, and the basket after the one they end in.

        NOTE: where they end in the user's last basket, the target is not the user's; the caller must not take it.
        """
        start = self._log.basket_starts[basket]
        if not k:
            return KnownEvents(start, start, basket)
        end = np.minimum(start + k, self.user_end(basket))
        return KnownEvents(start, end, self._log.basket_of[end - 1] + 1)

    def _last_events(self, basket: Rows, k: int) -> KnownEvents:
        """The last ``k`` events up to the end of ``basket``, and the basket after it."""
        end = self._log.basket_starts[basket + 1]
        user_start = np.searchsorted(self._log.users, self._basket_users[basket])
        return KnownEvents(np.maximum(end - k, user_start), end, basket + 1)

    def user_end(self, basket: Rows) -> Rows:
        """The event after the last one of each basket's user, ``(b,)`` int64."""
        return np.searchsorted(self._log.users, self._basket_users[basket], side="right").astype(np.int64)
