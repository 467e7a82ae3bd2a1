"""What the service says of users' events: what was stored, what is stored, what has changed.

It does not know how that travelled.
"""

from dataclasses import dataclass

from firstlight._impression import Impression
from firstlight._recommendation import RequestWarning
from firstlight._user_event import StoredEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """The acknowledgement of events: they are durable, and in the users' next answers.

    Attributes:
        recorded_count: How many were stored now.
        known_count: How many had been stored before.
        warnings: What was odd, such as an item that the snapshot does not hold.
        request_id: The call's id, for the logs of both sides.

    """

    recorded_count: int = 0
    known_count: int = 0
    warnings: tuple[RequestWarning, ...] = ()
    request_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UserExport:
    """All that is stored of one user.

    Attributes:
        events: What the user did, in the order it was stored.
        impressions: What the user was shown, in the order it was shown.

    """

    events: tuple[StoredEvent, ...] = ()
    impressions: tuple[Impression, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UserCounts:
    """How much of a user was deleted or changed hands.

    Attributes:
        event_count: How many events.
        impression_count: How many answers shown to them.

    """

    event_count: int = 0
    impression_count: int = 0
