"""What is asked of a profile and what is told, without a wire. Knows nothing of snapshots."""

from collections.abc import Sequence
from dataclasses import dataclass

from firstlight_encoder.profile.user_profile import UserProfile
from firstlight_server.answer import Notice
from firstlight_server.query import RecommendQuery

DEFAULT_MOST = 5
MAX_MOST = 100


@dataclass(frozen=True)
class ProfileQuery:
    """One question for a profile.

    Attributes:
        user: whose, as a question for recommendations would say it: stored and sent events.
        most: how many interests, clusters and predictions of each kind.
        want_trajectory: whether to follow the interests through time.
    """

    user: RecommendQuery
    most: int
    want_trajectory: bool


@dataclass(frozen=True)
class ProfileAnswer:
    """A profile.

    Attributes:
        profile: what is told.
        times_s: of the events that were read, oldest first; None where an event has no time.
        notices: what was odd.
    """

    profile: UserProfile
    times_s: Sequence[float | None]
    notices: Sequence[Notice]
