"""Policies that a log by itself can speak of: no exploration, or a softmax over what items earned.

Each place of an answer is judged by itself, given the places above it as they were logged: its reward must not depend
on what stands elsewhere. Knows nothing of snapshots.
"""

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from firstlight_indexer.errors import FeedbackError
from firstlight_indexer.ope.feedback_log import FeedbackLog
from firstlight_indexer.ope.item_rewards import ItemRewards, cross_fitted
from firstlight_indexer.ope.rounds import Floats, Rounds


class Target(StrEnum):
    """What is evaluated beside the arms."""

    GREEDY = "greedy"
    SOFTMAX = "softmax"


def target_rounds(log: FeedbackLog, target: Target, *, temperature: float | None = None) -> Rounds:
    """The log's rows for a policy.

    Args:
        log: what was shown, and what followed.
        target: greedy always shows what the ranking has next: what was not explored. Softmax shows items, at every
            place alike, in proportion to exp(mean reward / temperature); it is learnt from one half of the users and
            judged by the other.
        temperature: in the unit of the rewards; None takes the standard deviation of the items' mean rewards.

    Raises:
        FeedbackError: the temperature is not positive, or there is too little to judge by.
    """
    return _greedy(log) if target is Target.GREEDY else _softmax(log, temperature)


def _greedy(log: FeedbackLog) -> Rounds:
    """What stood next where an item was explored is not logged: the mean of others at that place speaks for it."""
    count = len(log.items)
    predicted, expected = np.empty(count), np.empty(count)
    for rows, model in cross_fitted(log.items, log.places, log.rewards, units=log.users, shape=log.shape):
        predicted[rows] = model.predict(log.items[rows], log.places[rows])
        expected[rows] = _mean_next(log, rows, predicted[rows], model)
    return Rounds(log.rewards, log.propensities, (~log.explored).astype(np.float64), log.users, predicted, expected)


def _mean_next(log: FeedbackLog, rows: NDArray[np.int64], predicted: Floats, model: ItemRewards) -> Floats:
    own = ~log.explored[rows]
    mean = float(np.average(model.by_item[log.items[rows]], weights=own)) if own.any() else float(predicted.mean())
    expected: Floats = np.where(own, predicted, mean * model.by_place[log.places[rows]])
    return expected


def _softmax(log: FeedbackLog, temperature: float | None) -> Rounds:
    judged = log.users % 2 == 1
    if judged.all() or not judged.any():
        raise FeedbackError("the log is of fewer than 2 users; a softmax is learnt from some and judged by others")
    learnt = ItemRewards.fit(log.items[~judged], log.places[~judged], log.rewards[~judged], shape=log.shape)
    heat = float(learnt.by_item.std()) or 1.0 if temperature is None else temperature
    if not 0 < heat < np.inf:
        raise FeedbackError(f"the temperature is {temperature}; it must be above 0 and finite")
    powers = np.exp((learnt.by_item - learnt.by_item.max()) / heat)
    shares = powers / powers.sum()
    items, places = log.items[judged], log.places[judged]
    return Rounds(
        rewards=log.rewards[judged],
        propensities=log.propensities[judged],
        target=shares[items],
        units=log.users[judged],
        predicted=learnt.predict(items, places),
        expected=float(shares @ learnt.by_item) * learnt.by_place[places],
    )
