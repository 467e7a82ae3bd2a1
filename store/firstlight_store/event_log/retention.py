"""Deletes what is older than a tenant may keep it, a little at a time, so that nobody waits for it.

Knows nothing of how long that is.
"""

from sqlalchemy import Table, delete, func, select

from firstlight_store.event_log.database import Database

_WINDOW = 5_000
"""Rows looked at in one transaction, in the order of storing: that needs no index by time."""


def expire(database: Database, table: Table, tenant: str, *, before_s: float) -> int:
    """Deletes the rows of a tenant that were done before ``before_s``; how many. Interrupted, it may be done again."""
    with database.reading() as connection:
        ends = select(func.min(table.c.sequence), func.max(table.c.sequence))
        first, last = connection.execute(ends).one()
    if first is None:
        return 0
    return sum(
        _expire_window(database, table, tenant, before_s=before_s, after=after)
        for after in range(first - 1, last, _WINDOW)
    )


def _expire_window(database: Database, table: Table, tenant: str, *, before_s: float, after: int) -> int:
    in_window = (table.c.sequence > after) & (table.c.sequence <= after + _WINDOW)
    old = in_window & (table.c.tenant == tenant) & (table.c.at_s < before_s)
    with database.reading() as connection:
        if connection.execute(select(table.c.sequence).where(old).limit(1)).first() is None:
            return 0
    with database.writing() as connection:
        return connection.execute(delete(table).where(old)).rowcount
