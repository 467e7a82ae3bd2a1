"""Who trains, who tunes and who tests: a strict user split with a global time split.

Test users appear nowhere in training, and training ends before their first event. Source of the protocol:
``docs/model.md``, "How it is proven". Knows nothing of models.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from firstlight_encoder.errors import TrainingDataError
from firstlight_encoder.interactions import Interactions


@dataclass(frozen=True)
class UserSplit:
    """Three sets of events whose users are disjoint.

    Attributes:
        train: what a model may learn from.
        validation: what its few free choices (calibration, smoothing) may be fitted on.
        test: what it is judged by, once.
        time_h: hours since 1970 at which training ends and the others begin; None without a time split.
    """

    train: Interactions
    validation: Interactions
    test: Interactions
    time_h: float | None


def split_users(
    interactions: Interactions,
    *,
    seed: int,
    validation_share: float = 0.15,
    test_share: float = 0.25,
    time_quantile: float | None = 0.7,
    max_test_users: int | None = None,
) -> UserSplit:
    """Splits users at random and time at a quantile of the events.

    Args:
        interactions: the whole log.
        seed: of the user split.
        validation_share: share of users to tune on.
        test_share: share of users to test on; 0 for a production build.
        time_quantile: where in the log training ends; None where times carry no meaning (or for a production build).
        max_test_users: the most users to test on, drawn among those with events to test by; None for all.

    Raises:
        TrainingDataError: if a set that should have users has no event.
    """
    draw = np.random.default_rng(seed).random(len(interactions.user_ids))
    is_test = draw < test_share
    is_validation = ~is_test & (draw < test_share + validation_share)
    train = interactions.select_users(~is_test & ~is_validation)
    validation, test = interactions.select_users(is_validation), interactions.select_users(is_test)
    time_h = None if time_quantile is None else float(np.quantile(interactions.times_h, time_quantile))
    if time_h is not None:
        train, validation, test = train.before(time_h), validation.after(time_h), test.after(time_h)
    if max_test_users is not None:
        test = some_users(test, max_test_users, seed=seed)
    parts = {"training": (train, 1.0), "validation": (validation, validation_share), "test": (test, test_share)}
    _require_events({name: part for name, (part, share) in parts.items() if share > 0}, of=interactions)
    return UserSplit(train, validation, test, time_h)


def some_users(log: Interactions, most: int, *, seed: int) -> Interactions:
    """The events of at most ``most`` users of ``log``, drawn apart from the split's own draw."""
    users = np.unique(log.users)
    drawn = np.random.default_rng((seed, 1)).permutation(users)[:most]
    return log.select_users(np.isin(np.arange(len(log.user_ids)), drawn))


def _require_events(parts: Mapping[str, Interactions], *, of: Interactions) -> None:
    """Raises ``TrainingDataError`` for the first part without an event."""
    for name, part in parts.items():
        if not len(part):
            raise TrainingDataError(
                f"the {name} set of the split has no event (of {len(of)} events, {len(of.user_ids)} users); give more "
                "events, or set time_quantile to none if times carry no meaning"
            )
