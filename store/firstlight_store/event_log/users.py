"""All that is stored of one user: told, given to another, deleted. Knows nothing of when it is committed."""

from sqlalchemy import ColumnElement, Connection, Table, delete, insert, or_, select, update

from firstlight_store.event_log.erasures import DELETED, MERGED, mark_erased
from firstlight_store.event_log.records import Impression, LoggedEvent, UserCounts
from firstlight_store.event_log.rows import EVENT_COLUMNS, event, impression
from firstlight_store.event_log.schema import events, impressions, merges

_TABLES = (events, impressions)


def export_user(
    connection: Connection, tenant: str, user: str, *, after: tuple[int, int], most: int
) -> tuple[list[LoggedEvent], list[Impression]]:
    """The next events, then impressions, of a user after the given sequences; ``most`` together."""
    of_events = _of(tenant, user, events) & (events.c.sequence > after[0])
    of_shown = _of(tenant, user, impressions) & (impressions.c.sequence > after[1])
    done = connection.execute(select(*EVENT_COLUMNS).where(of_events).order_by(events.c.sequence).limit(most)).all()
    shown = connection.execute(
        select(impressions).where(of_shown).order_by(impressions.c.sequence).limit(most - len(done))
    ).all()
    return [event(row) for row in done], [impression(row) for row in shown]


def delete_user(connection: Connection, tenant: str, user: str) -> UserCounts:
    """Deletes all that is stored of a user, and that others were merged into them; what is under way comes too late."""
    mark_erased(connection, tenant, user, kind=DELETED)
    counts = [connection.execute(delete(table).where(_of(tenant, user, table))).rowcount for table in _TABLES]
    of_user = or_(merges.c.user == user, merges.c.into == user)
    connection.execute(delete(merges).where(merges.c.tenant == tenant, of_user))
    return UserCounts(*counts)


def merge_users(connection: Connection, tenant: str, user: str, into: str) -> UserCounts:
    """Gives all that is stored of ``user``, and what is under way of them, to ``into``."""
    mark_erased(connection, tenant, user, kind=MERGED)
    counts = [
        connection.execute(update(table).where(_of(tenant, user, table)).values(user=into)).rowcount
        for table in _TABLES
    ]
    connection.execute(delete(merges).where(merges.c.tenant == tenant, merges.c.user.in_((user, into))))
    connection.execute(update(merges).where(merges.c.tenant == tenant, merges.c.into == user).values(into=into))
    connection.execute(insert(merges), {"tenant": tenant, "user": user, "into": into})
    return UserCounts(*counts)


def _of(tenant: str, user: str, table: Table) -> ColumnElement[bool]:
    return (table.c.tenant == tenant) & (table.c.user == user)
