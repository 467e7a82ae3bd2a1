"""What users of a fake server did and were shown, in memory. Safe between threads. It knows no handlers."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from firstlight._errors import Violation
from firstlight._feedback import UserCounts
from firstlight._impression import Impression, ShownItem
from firstlight._recommendation import Recommendation
from firstlight._user_event import StoredEvent, UserEvent
from firstlight.testing._refusal import invalid

READ = 50
"""How many stored events an answer reads."""


@dataclass(slots=True)
class _User:
    events: list[StoredEvent] = field(default_factory=list[StoredEvent])
    shown: list[Impression] = field(default_factory=list[Impression])

    @property
    def counts(self) -> UserCounts:
        return UserCounts(event_count=len(self.events), impression_count=len(self.shown))


class UserBook:
    """Remembers, tells and forgets."""

    def __init__(self) -> None:
        self._users: dict[tuple[str, str], _User] = {}
        self._sent: dict[tuple[str, str], UserEvent] = {}
        self._lock = threading.Lock()

    def record(self, tenant: str, events: Sequence[UserEvent]) -> int:
        """Store what is new, and return how many that were.

        Raises:
            Refusal: An id was sent before with other content; nothing was stored.

        """
        now = datetime.now(UTC)
        with self._lock:
            fresh: dict[str, UserEvent] = {}
            for place, each in enumerate(events):
                earlier = self._sent.get((tenant, each.event_id)) or fresh.setdefault(each.event_id, each)
                if earlier != each:
                    message = "was recorded before with other content; give each event its own id"
                    raise invalid(Violation(f"events[{place}].event_id", message))
            for each in fresh.values():
                self._sent[tenant, each.event_id] = each
                self._user(tenant, each.user_id).events.append(
                    StoredEvent(event=_filled_in(each, now), recorded_at=now)
                )
            return len(fresh)

    def show(self, tenant: str, user_id: str, answer: Recommendation) -> None:
        """Remember what a user was shown."""
        items = tuple(
            ShownItem(item_id=item.item_id, propensity=item.propensity, explored=item.explored) for item in answer
        )
        shown = Impression(
            request_id=answer.request_id,
            shown_at=datetime.now(UTC),
            snapshot_id=answer.snapshot_id,
            arm=answer.arm,
            policy=answer.policy,
            items=items,
        )
        with self._lock:
            self._user(tenant, user_id).shown.append(shown)

    def latest(self, tenant: str, user_id: str | None) -> list[UserEvent]:
        """Return the latest events of a user, oldest first; of nobody there are none."""
        with self._lock:
            user = self._users.get((tenant, user_id or ""), _User())
            return sorted((each.event for each in user.events), key=_moment)[-READ:]

    def knows_answer(self, tenant: str, request_id: str) -> bool:
        """Whether an answer of this id was shown to a user."""
        with self._lock:
            users = [user for (own, _), user in self._users.items() if own == tenant]
            return any(one.request_id == request_id for user in users for one in user.shown)

    def export(self, tenant: str, user_id: str) -> list[StoredEvent | Impression]:
        """Return all that is stored of a user, events first."""
        with self._lock:
            user = self._users.get((tenant, user_id), _User())
            return [*user.events, *user.shown]

    def delete(self, tenant: str, user_id: str) -> UserCounts:
        """Forget a user."""
        with self._lock:
            user = self._users.pop((tenant, user_id), _User())
            for each in user.events:
                self._sent.pop((tenant, each.event.event_id), None)
            return user.counts

    def merge(self, tenant: str, from_user_id: str, into_user_id: str) -> UserCounts:
        """Give all of one user to another."""
        with self._lock:
            given, into = self._users.pop((tenant, from_user_id), _User()), self._user(tenant, into_user_id)
            into.events += [replace(one, event=replace(one.event, user_id=into_user_id)) for one in given.events]
            into.shown += given.shown
            return given.counts

    def clear(self) -> None:
        """Forget everybody."""
        with self._lock:
            self._users.clear()
            self._sent.clear()

    def _user(self, tenant: str, user_id: str) -> _User:
        return self._users.setdefault((tenant, user_id), _User())


def _filled_in(sent: UserEvent, now: datetime) -> UserEvent:
    event = sent.event
    weight = 1.0 if event.weight is None else event.weight
    return replace(sent, event=replace(event, timestamp=event.timestamp or now, weight=weight))


def _moment(stored: UserEvent) -> datetime:
    assert stored.event.timestamp is not None  # it was filled in
    return stored.event.timestamp
