"""An event log over catalogue rows, in arrays: what training and evaluation read.

Knows nothing of files, item texts or models.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.tokens import NEGATIVE_TYPES


@dataclass(frozen=True)
class Interactions:
    """Events sorted by user, then basket, then time.

    Attributes:
        item_count: size of the catalogue; ``items`` index into it.
        user_ids: the users' ids; ``users`` index into them.
        users: ``(e,)`` int64, ascending.
        items: ``(e,)`` int64, catalogue rows.
        types: ``(e,)`` int64, ``TokenType`` values.
        times_h: ``(e,)`` float64, hours since 1970.
        weights: ``(e,)`` float32.
        baskets: ``(e,)`` int64, number of the session, ascending inside a user. Events of one basket predict each
            other, so they are never split between history and target.
    """

    item_count: int
    user_ids: tuple[str, ...]
    users: NDArray[np.int64]
    items: NDArray[np.int64]
    types: NDArray[np.int64]
    times_h: NDArray[np.float64]
    weights: NDArray[np.float32]
    baskets: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.items)

    def where(self, keep: NDArray[np.bool_]) -> "Interactions":
        """The events at which ``keep`` (``(e,)`` bool) holds; users keep their numbers."""
        names = ("users", "items", "types", "times_h", "weights", "baskets")
        return replace(self, **{name: getattr(self, name)[keep] for name in names})

    def select_users(self, chosen: NDArray[np.bool_]) -> "Interactions":
        """The events of the users at which ``chosen`` (``(len(user_ids),)`` bool) holds."""
        return self.where(chosen[self.users])

    def before(self, time_h: float) -> "Interactions":
        """The events before ``time_h`` (hours since 1970)."""
        return self.where(self.times_h < time_h)

    def after(self, time_h: float) -> "Interactions":
        """The events at or after ``time_h`` (hours since 1970)."""
        return self.where(self.times_h >= time_h)

    def newcomers(self, *, baskets: int) -> "Interactions":
        """The same events with every run of ``baskets`` baskets as a user of its own.

        A long-time customer thereby counts as several newcomers: more cases to choose a few numbers by.
        """
        owners = self.basket_users
        runs = (np.arange(len(owners)) - np.searchsorted(owners, owners)) // baskets
        begins = np.append(False, (np.diff(owners) != 0) | (np.diff(runs) != 0))[: len(owners)]
        number = np.cumsum(begins)
        first_of = owners[np.flatnonzero(np.append(True, begins[1:]))[: len(owners)]]
        names = tuple(f"{self.user_ids[owner]}#{place}" for place, owner in enumerate(first_of))
        return replace(self, users=number[self.basket_of], user_ids=names)

    def starting_at(self, baskets: NDArray[np.int64], *, most: int) -> "Interactions":
        """For each of ``baskets`` a user of its own, who begins with it and goes on as its user does.

        Args:
            baskets: ``(s,)`` int64, indexes into ``basket_starts``, repeats allowed.
            most: the events a user gets at most.
        """
        first = self.basket_starts[baskets]
        end = np.searchsorted(self.users, self.basket_users[baskets], side="right")
        sizes = np.minimum(end - first, most)
        events = np.repeat(first - (np.cumsum(sizes) - sizes), sizes) + np.arange(int(sizes.sum()))
        names = tuple(f"{self.user_ids[self.basket_users[basket]]}@{basket}" for basket in baskets)
        taken = {name: getattr(self, name)[events] for name in ("items", "types", "times_h", "weights", "baskets")}
        return replace(self, users=np.repeat(np.arange(len(baskets)), sizes), user_ids=names, **taken)

    @cached_property
    def wanted(self) -> NDArray[np.bool_]:
        """``(e,)`` bool: events that speak for their item, and so may be targets."""
        return ~np.isin(self.types, [int(kind) for kind in NEGATIVE_TYPES]) & (self.weights > 0)

    @cached_property
    def basket_starts(self) -> NDArray[np.int64]:
        """``(b + 1,)`` int64: the first event of every basket, then the number of events."""
        if not len(self):
            return np.zeros(1, np.int64)
        new = (np.diff(self.users) != 0) | (np.diff(self.baskets) != 0)
        return np.concatenate([[0], np.flatnonzero(new) + 1, [len(self)]])

    @cached_property
    def basket_users(self) -> NDArray[np.int64]:
        """``(b,)`` int64: whose basket it is."""
        return self.users[self.basket_starts[:-1]]

    @cached_property
    def basket_of(self) -> NDArray[np.int64]:
        """``(e,)`` int64: index into ``basket_starts`` of every event's basket."""
        return np.repeat(np.arange(len(self.basket_starts) - 1), np.diff(self.basket_starts))
