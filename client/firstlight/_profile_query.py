"""What is asked of a user's interests. It does not know how it travels."""

from collections.abc import Sequence
from dataclasses import dataclass

from firstlight import _arguments
from firstlight._event import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileQuery:
    """A question for an interest profile; see `Client.interest_profile`.

    Raises:
        TypeError: A value has the wrong type.

    """

    user_id: str | None = None
    events: Sequence[Event] = ()
    most: int | None = None
    want_trajectory: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "events", _arguments.instances("events", self.events, Event))
        if self.user_id is not None:
            _arguments.text("user_id", self.user_id)
        if self.most is not None:
            _arguments.integer("most", self.most)
        _arguments.flag("want_trajectory", self.want_trajectory)
