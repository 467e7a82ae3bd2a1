"""What a user of the platform did, to be stored, and as it is stored. It does not know how it travels."""

import uuid
from dataclasses import KW_ONLY, dataclass, field
from datetime import datetime

from firstlight import _arguments
from firstlight._event import Event


def _new_id() -> str:
    return uuid.uuid4().hex


@dataclass(frozen=True, slots=True)
class UserEvent:
    """One thing that a user did, such as `UserEvent("anna", Event.purchase("82914"))`.

    Attributes:
        user_id: Who did it, as the platform knows them.
        event: What was done. Its time is the service's clock if absent.
        event_id: Its id, unique within the tenant; made here if not given. Sent again, it counts once.
        request_id: The `request_id` of the answer that showed the item, so that whoever chose it can learn.

    Raises:
        TypeError: A value has the wrong type.

    """

    user_id: str
    event: Event
    _: KW_ONLY
    event_id: str = field(default_factory=_new_id)
    request_id: str = ""

    def __post_init__(self) -> None:
        for name in ("user_id", "event_id", "request_id"):
            _arguments.text(f"UserEvent.{name}", getattr(self, name))
        _arguments.instance("UserEvent.event", self.event, Event)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEvent:
    """An event as it is stored.

    Attributes:
        event: As it was sent, with its time and weight filled in.
        recorded_at: When it was stored, in UTC.

    """

    event: UserEvent
    recorded_at: datetime
