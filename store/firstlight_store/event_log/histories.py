"""The latest events of users, of several in one statement: what every answer waits for. Knows nothing of answers."""

from collections.abc import Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import Executable, Integer, Select, bindparam, literal_column, select, union_all

from firstlight_store.event_log.database import Database
from firstlight_store.event_log.records import LoggedEvent
from firstlight_store.event_log.rows import EVENT_COLUMNS, raw_event
from firstlight_store.event_log.schema import events
from firstlight_store.event_log.stored_text import stored

_MOST_USERS = 32
"""Users asked for at once."""
_WIDTH = len(EVENT_COLUMNS)
_STORING_ORDER = itemgetter(_WIDTH, EVENT_COLUMNS.index(events.c.at_s), EVENT_COLUMNS.index(events.c.sequence))


def histories(database: Database, users: Sequence[tuple[str, str]], *, most: int) -> list[list[LoggedEvent]]:
    """For each (tenant, user) their latest events, at most ``most``, oldest first."""
    found: list[list[LoggedEvent]] = []
    for start in range(0, len(users), _MOST_USERS):
        found += _some(database, users[start : start + _MOST_USERS], most)
    return found


def _some(database: Database, users: Sequence[tuple[str, str]], most: int) -> list[list[LoggedEvent]]:
    count = 1 << (len(users) - 1).bit_length()  # so that a few statements fit every number
    statement = database.prepared(("histories", count), lambda: _statement(count))
    given: dict[str, object] = {"most": most}
    for place in range(count):
        tenant, user = users[place] if place < len(users) else ("", "")
        given[f"tenant_{place}"], given[f"user_{place}"] = stored(tenant), stored(user)
    told: list[list[LoggedEvent]] = [[] for _ in users]
    for row in sorted(database.rows(statement, given), key=_STORING_ORDER):
        of: int = row[_WIDTH]
        told[of].append(raw_event(row[:_WIDTH]))
    return told


def _statement(count: int) -> Executable:
    each = [_of_one(place) for place in range(count)]
    if count == 1:
        return each[0]
    return union_all(*(select(one.subquery()) for one in each))


def _of_one(place: int) -> Select[Any]:
    return (
        select(*EVENT_COLUMNS, literal_column(str(place), Integer).label("place"))
        .where(events.c.tenant == bindparam(f"tenant_{place}"), events.c.user == bindparam(f"user_{place}"))
        .order_by(events.c.at_s.desc(), events.c.sequence.desc())
        .limit(bindparam("most"))
    )
