"""The nouns of the event log. Users are pseudonyms here: see `Pseudonyms`. Knows nothing of databases."""

from dataclasses import dataclass
from typing import NamedTuple


class LoggedEvent(NamedTuple):
    """One thing a user did.

    Attributes:
        event_id: unique within the tenant.
        user: the user's pseudonym.
        item_id: the catalogue's id; may be unknown to every snapshot, or empty where ``text`` is given.
        type: the event type as the data contract writes it, such as "purchase".
        at_s: when it was done, in seconds since 1970 UTC; 0 where nobody told: it is stored as done when it was stored.
        weight: how much it counts; negative speaks against the item.
        text: the item's title, for items that no snapshot holds.
        request_id: the answer that showed the item; empty if none did.
        recorded_at_s: when it was stored, in seconds since 1970 UTC; 0 where it is not yet.
        sequence: its place in the order of storing, from 1, over all tenants; 0 where it is not stored yet.
        counted: False where it goes beyond a cap, see `FeedbackCaps`: nobody learns from it.
    """

    event_id: str
    user: str
    item_id: str
    type: str
    at_s: float
    weight: float = 1.0
    text: str = ""
    request_id: str = ""
    recorded_at_s: float = 0.0
    sequence: int = 0
    counted: bool = True

    @property
    def content(self) -> tuple[object, ...]:
        """What an event id stands for: the same id with another content is a conflict."""
        return self[1:8]

    def agrees_with(self, earlier: "LoggedEvent") -> bool:
        """Whether it is the same as an earlier one of its id; without a time of its own it agrees with any."""
        mine = self if self.at_s else self._replace(at_s=earlier.at_s)
        return mine.content == earlier.content


class Shown(NamedTuple):
    """One item as it was shown: with which probability in this place, and whether to learn about it."""

    item_id: str
    propensity: float = 1.0
    explored: bool = False


@dataclass(frozen=True)
class Impression:
    """What one answer showed.

    Attributes:
        request_id: the answer's id.
        user: the user's pseudonym.
        at_s: when, in seconds since 1970 UTC.
        snapshot_id: the snapshot that answered.
        arm: the arm of the experiment; empty if there is none.
        policy: what chose the items.
        items: best first.
        context: what the policy knew when it chose, as it wrote it; empty if it needs nothing.
        sequence: its place in the order of storing, from 1; 0 where it is not stored yet.
    """

    request_id: str
    user: str
    at_s: float
    snapshot_id: str = ""
    arm: str = ""
    policy: str = ""
    items: tuple[Shown, ...] = ()
    context: bytes = b""
    sequence: int = 0


class Recorded(NamedTuple):
    """What became of a batch of events: how many were stored now, and how many had been before."""

    new: int
    known: int


class UserCounts(NamedTuple):
    """How many events and impressions of a user were deleted or changed hands."""

    events: int
    impressions: int
