"""What learners read, in the order of storing, and what they keep. Knows nothing of what is learnt."""

from sqlalchemy import Connection, Executable, bindparam, insert, select, update

from firstlight_store.event_log.database import Database
from firstlight_store.event_log.records import LoggedEvent
from firstlight_store.event_log.rows import EVENT_COLUMNS, raw_event
from firstlight_store.event_log.schema import events, states
from firstlight_store.event_log.stored_text import stored, told


def events_after(database: Database, sequence: int, *, most: int, tenant: str | None) -> list[tuple[str, LoggedEvent]]:
    """Events stored after ``sequence`` with their tenants, in the order of storing."""
    statement = database.prepared(("after", tenant is None), lambda: _after(of_all=tenant is None))
    given: dict[str, object] = {"sequence": sequence, "most": most}
    if tenant is not None:
        given["tenant"] = stored(tenant)
    return [(told(row[0]), raw_event(row[1:])) for row in database.rows(statement, given)]


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
