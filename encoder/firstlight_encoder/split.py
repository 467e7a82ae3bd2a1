"""Who trains, who tunes and who tests: a strict user split with a global time split.

Test users appear nowhere in training, and training ends before their first event. Source of the protocol:
``docs/model.md``, "How it is proven". Knows nothing of models.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from firstlight_encoder.errors import TrainingDataError
from firstlight_encoder.interactions import Interactions

LESSON_SHARE = 0.25
"""Share of the training events, the last ones, that teach a ranker where times are a clock's."""


@dataclass(frozen=True)
class UserSplit:
    """Three sets of events whose users are disjoint.

    Attributes:
        train: what a model may learn from.
        validation: what its few free choices (calibration, smoothing) may be fitted on.
        test: what it is judged by, once.
        time_h: hours since 1970 at which training ends and the others begin; None without a time split.
        lessons_h: hours since 1970 from which on users teach a ranker, beside what was made of all that came before;
            None where times do not matter, and all that users did teaches.
    """

    train: Interactions
    validation: Interactions
    test: Interactions
    time_h: float | None
    lessons_h: float | None = None

    def with_lessons(self, share: float = LESSON_SHARE) -> "UserSplit":
        """The same sets, where the last ``share`` of the training events teaches: for times that are a clock's."""
        return replace(self, lessons_h=float(np.quantile(self.train.times_h, 1 - share)))

    def past(self, log: Interactions) -> Interactions:
        """What of ``log`` came before the lessons; all of it where they have no time."""
        return log if self.lessons_h is None else log.before(self.lessons_h)

    def lessons(self, log: Interactions) -> Interactions:
        """What of ``log`` teaches a ranker."""
        return log if self.lessons_h is None else log.after(self.lessons_h)


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
