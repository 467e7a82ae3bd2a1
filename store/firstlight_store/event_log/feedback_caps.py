"""How much of one user's feedback counts in a day: nobody, and no page that fires twice, teaches more than that.

Everything is stored, shown and exported; what goes beyond a cap is marked, and learners leave it out.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Executable, bindparam, select

from firstlight_store.event_log.database import Database
from firstlight_store.event_log.records import LoggedEvent
from firstlight_store.event_log.schema import events
from firstlight_store.event_log.stored_text import stored

DAY_S = 86_400

_Day = tuple[str, str, int]
"""A tenant, a user, and a UTC day since 1970."""


@dataclass(frozen=True, kw_only=True)
class FeedbackCaps:
    """What counts of one user in one UTC day, by when it was done; first stored, first counted.

    Attributes:
        of_item: events of one type on one item; at least 1.
        of_user: events of all types on all items; at least 1.
    """

    of_item: int = 10
    of_user: int = 1_000

    def __post_init__(self) -> None:
        """Raises `ValueError` for a cap below 1."""
        if min(self.of_item, self.of_user) < 1:
            raise ValueError(f"of_item = {self.of_item}, of_user = {self.of_user}: must be at least 1")


def marked(
    database: Database, found: Sequence[tuple[str, LoggedEvent]], caps: FeedbackCaps
) -> list[tuple[str, LoggedEvent]]:
    """Stored events with their tenants, those beyond a cap marked as not counted."""
    counted: dict[_Day, set[int]] = {}
    told_events: list[tuple[str, LoggedEvent]] = []
    for tenant, one in found:
        day = (tenant, one.user, int(one.at_s // DAY_S))
        if day not in counted:
            counted[day] = _counted(database, day, caps)
        told_events.append((tenant, one if one.sequence in counted[day] else one._replace(counted=False)))
    return told_events


def _counted(database: Database, day: _Day, caps: FeedbackCaps) -> set[int]:
    """The sequences of a user's events of a day that count."""
    tenant, user, number = day
    statement = database.prepared("day", _statement)
    given = {
        "tenant": stored(tenant),
        "user": stored(user),
        "from_s": float(number * DAY_S),
        "until_s": float((number + 1) * DAY_S),
        "most": caps.of_user,
    }
    rows = database.rows(statement, given)
    seen = Counter[tuple[str, str]]()
    counted: set[int] = set()
    for sequence, item_id, kind in rows:
        seen[item_id, kind] += 1
        if seen[item_id, kind] <= caps.of_item:
            counted.add(sequence)
    return counted


def _statement() -> Executable:
    return (
        select(events.c.sequence, events.c.item_id, events.c.type)
        .where(
            events.c.tenant == bindparam("tenant"),
            events.c.user == bindparam("user"),
            events.c.at_s >= bindparam("from_s"),
            events.c.at_s < bindparam("until_s"),
        )
        .order_by(events.c.sequence)
        .limit(bindparam("most"))
    )
