"""Item-kNN in order: what people took soon after the history's items, and half as much what they took soon before.

The weights of all pairs i -> j inside a window of steps sum to a table W; it is applied as two sparse products and
never made, since baskets of ten would make it dense. Knows nothing of texts or categories.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from firstlight_encoder.cases import Case
from firstlight_encoder.interactions import Interactions
from firstlight_evaluation.baselines.history import HistoryEvents
from firstlight_evaluation.baselines.tuning import MAX_OPTIONS


class Step(Enum):
    """What one step of a user's history is."""

    EVENT = "event"
    BASKET = "basket"


WINDOWS = {Step.EVENT: 10, Step.BASKET: 3}
"""The farthest pair that counts, in steps; a window of baskets is shorter because each brings many items."""


@dataclass(frozen=True)
class SequenceOption:
    """How neighbours are weighted.

    Attributes:
        step: in which distances are measured.
        decay: weight of a history event relative to the next newer one.
        smoothing: pair weight of average taste mixed into every item's own.
        backward: what a pair against the direction of time counts; 1 ignores order.
    """

    step: Step
    decay: float
    smoothing: float
    backward: float


_SETTINGS = ((0.8, 50.0, 0.5), (0.8, 150.0, 0.5), (0.8, 10.0, 0.5), (0.8, 2.0, 0.5),
             (0.6, 50.0, 0.5), (0.6, 150.0, 0.5), (0.8, 50.0, 1.0), (0.8, 150.0, 1.0))  # fmt: skip
"""Decay, smoothing and backward weight, the most useful first."""


def sequence_options(train: Interactions) -> list[SequenceOption]:
    """The budget shared out among steps; one where every basket is an event."""
    baskets = len(train.basket_starts) - 1 < len(train)
    steps = (Step.EVENT, Step.BASKET) if baskets else (Step.EVENT,)
    return [
        SequenceOption(step, decay, smoothing, backward)
        for step in steps
        for decay, smoothing, backward in _SETTINGS[: MAX_OPTIONS // len(steps)]
    ]


class SequenceNeighbours:
    """Scores j by the sum over history events i of ``w_i (W_ij + s p_j) / (n_i + s)``, n_i the sum of W's row i.

    ``W_ij`` sums 1 / distance over all pairs of i before j, and ``backward`` / distance over those after; p_j is the
    share of all events that are j's, which ranks what the history says nothing about.
    """

    name = "item-kNN in order"

    def __init__(self, train: Interactions, option: SequenceOption) -> None:
        log = train.where(train.wanted)
        self._option = option
        places = log.basket_of if option.step is Step.BASKET else np.arange(len(log))
        users = log.basket_users if option.step is Step.BASKET else log.users
        shape = (len(users), log.item_count)
        items_at = csr_array((np.ones(len(log), np.float32), (places, log.items)), shape=shape)
        self._places_of = items_at.T.tocsr()
        self._followers = _near(users, window=WINDOWS[option.step], backward=option.backward) @ items_at
        row_sums = self._places_of.dot(self._followers.dot(np.ones(log.item_count, np.float32)))
        self._scale = (1.0 / (row_sums + option.smoothing)).astype(np.float32)
        self._share = (np.bincount(log.items, minlength=log.item_count) / max(1, len(log))).astype(np.float32)

    def score(self, cases: Sequence[Case]) -> NDArray[np.float32]:
        """``(len(cases), item_count)`` float32."""
        events = HistoryEvents.of(cases, decay=self._option.decay)
        weights = events.weights * self._scale[events.items]
        chosen = csr_array((weights, (events.cases, events.items)), shape=(len(cases), len(self._share)))
        sums = ((chosen @ self._places_of) @ self._followers).toarray()
        average = np.bincount(events.cases, weights=weights, minlength=len(cases)) * self._option.smoothing
        sums += average.astype(np.float32)[:, None] * self._share
        return sums


def _near(users: NDArray[np.int64], *, window: int, backward: float) -> csr_array:
    """``(p, p)``: the weight of place q for place p of the same user; ``users`` ``(p,)`` ascends."""
    places = np.arange(len(users))
    pairs = [
        (distance, places[:-distance][same], places[distance:][same])
        for distance in range(1, min(window, len(users) - 1) + 1)
        for same in [users[:-distance] == users[distance:]]
    ]
    nothing = np.zeros(0, np.int64)
    earlier = np.concatenate([nothing, *(own for _, own, _ in pairs)])
    later = np.concatenate([nothing, *(own for _, _, own in pairs)])
    weights = np.concatenate([nothing, *(np.full(len(own), 1.0 / distance) for distance, own, _ in pairs)])
    both = np.concatenate([weights, backward * weights]).astype(np.float32)
    rows, columns = np.concatenate([earlier, later]), np.concatenate([later, earlier])
    return csr_array((both, (rows, columns)), shape=(len(users), len(users)))
