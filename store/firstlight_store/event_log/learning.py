"""What learners read, in the order of storing, and what they keep. Knows nothing of what is learnt."""

import json
from collections.abc import Sequence

from sqlalchemy import Connection, Executable, bindparam, func, insert, select, update

from firstlight_store.event_log.database import Database
from firstlight_store.event_log.records import Impression, LoggedEvent
from firstlight_store.event_log.rows import EVENT_COLUMNS, impression, raw_event
from firstlight_store.event_log.schema import events, impressions, states
from firstlight_store.event_log.stored_text import stored, told

ShownIds = tuple[int, tuple[str, ...]]
"""An impression's sequence, and the ids of its items."""


def events_after(database: Database, sequence: int, *, most: int, tenant: str | None) -> list[tuple[str, LoggedEvent]]:
    """Events stored after ``sequence`` with their tenants, in the order of storing."""
    statement = database.prepared(("after", tenant is None), lambda: _after(of_all=tenant is None))
    given: dict[str, object] = {"sequence": sequence, "most": most}
    if tenant is not None:
        given["tenant"] = stored(tenant)
    return [(told(row[0]), raw_event(row[1:])) for row in database.rows(statement, given)]


def shown_after(connection: Connection, tenant: str, sequence: int, *, most: int) -> list[Impression]:
    """Impressions of a tenant stored after ``sequence``, in the order of storing."""
    own = impressions.c
    chosen = select(impressions).where(own.tenant == tenant, own.sequence > sequence)
    return [impression(row) for row in connection.execute(chosen.order_by(own.sequence).limit(most))]


def shown_before(
    connection: Connection, tenant: str, users: Sequence[str], sequence: int, *, most: int
) -> dict[str, list[ShownIds]]:
    """What users were shown before ``sequence``, latest first; users without any are left out."""
    own = impressions.c
    number = func.row_number().over(partition_by=own.user, order_by=own.sequence.desc()).label("number")
    columns = (own.user, own.sequence, own["items"], number)
    of_users = select(*columns).where(own.tenant == tenant, own.user.in_(users), own.sequence < sequence).subquery()
    latest = select(of_users).where(of_users.c.number <= most).order_by(of_users.c.sequence.desc())
    found: dict[str, list[ShownIds]] = {}
    for user, place, items, _ in connection.execute(latest):
        found.setdefault(user, []).append((place, tuple(item[0] for item in json.loads(items))))
    return found


def state(connection: Connection, tenant: str, name: str) -> tuple[int, bytes] | None:
    """What was kept under a name, and up to which event it was learnt."""
    chosen = select(states.c.sequence, states.c.content).where(states.c.tenant == tenant, states.c.name == name)
    row = connection.execute(chosen).first()
    return None if row is None else (row.sequence, row.content)


def keep_state(connection: Connection, tenant: str, name: str, *, sequence: int, content: bytes) -> None:
    """Keeps what was learnt up to an event, unless more is kept already."""
    kept = (states.c.tenant == tenant) & (states.c.name == name)
    found = connection.execute(select(states.c.sequence).where(kept)).scalar()
    if found is None:
        row = {"tenant": tenant, "name": name, "sequence": sequence, "content": content}
        connection.execute(insert(states), row)
    elif found < sequence:
        connection.execute(update(states).where(kept).values(sequence=sequence, content=content))


def _after(*, of_all: bool) -> Executable:
    chosen = select(events.c.tenant, *EVENT_COLUMNS).where(events.c.sequence > bindparam("sequence"))
    if not of_all:
        chosen = chosen.where(events.c.tenant == bindparam("tenant"))
    return chosen.order_by(events.c.sequence).limit(bindparam("most"))
