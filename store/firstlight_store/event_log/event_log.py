"""The event log of all tenants: records, tells, forgets.

Blocking: run it on a thread, and hand it what waits together (group commit). Knows nothing of requests.
"""

import json
import time
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, delete, func, insert, select, update

from firstlight_store.event_log.database import Database
from firstlight_store.event_log.errors import EventConflict
from firstlight_store.event_log.records import Impression, LoggedEvent, Recorded, Shown, UserCounts
from firstlight_store.event_log.schema import events, impressions, metadata, states

Batch = tuple[str, Sequence[LoggedEvent]]
"""A tenant, and events of its users that are stored together or not at all."""

_EVENT = [events.c[name] for name in LoggedEvent._fields]


class EventLog:
    """Safe across threads and processes. Every method raises `EventLogUnavailable` where the database fails."""

    def __init__(self, url: str) -> None:
        """Opens the database at an SQLAlchemy URL, and makes its tables where they are missing."""
        self._database = Database(url)
        metadata.create_all(self._database.engine)

    def record(self, batches: Sequence[Batch]) -> list[Recorded | EventConflict]:
        """Stores batches in one transaction, durable when it returns; a batch with a conflict is left out whole.

        An event with an id that is stored already, or stands earlier in ``batches``, counts once.
        """
        with self._database.writing() as connection:
            return [_record(connection, *batch) for batch in batches]

    def latest(self, users: Sequence[tuple[str, str]], *, most: int) -> list[list[LoggedEvent]]:
        """For each (tenant, user) their latest events, at most ``most``, oldest first."""
        with self._database.reading() as connection:
            return [_latest(connection, tenant, user, most) for tenant, user in users]

    def show(self, shown: Sequence[tuple[str, Impression]]) -> None:
        """Stores what was shown to users of tenants, durable when it returns."""
        rows = [
            {
                "tenant": tenant,
                "request_id": one.request_id,
                "user": one.user,
                "at_s": one.at_s,
                "snapshot_id": one.snapshot_id,
                "arm": one.arm,
                "policy": one.policy,
                "items": json.dumps(one.items, separators=(",", ":")),
                "context": one.context,
            }
            for tenant, one in shown
        ]
        with self._database.writing() as connection:
            connection.execute(insert(impressions), rows)

    def impressions_of(self, tenant: str, request_ids: Sequence[str]) -> dict[str, Impression]:
        """What the answers of these ids showed, as far as it is known."""
        chosen = (impressions.c.tenant == tenant) & impressions.c.request_id.in_(request_ids)
        with self._database.reading() as connection:
            found = connection.execute(select(impressions).where(chosen)).all()
        return {row.request_id: _impression(row) for row in found}

    def since(self, sequence: int, *, most: int) -> list[tuple[str, LoggedEvent]]:
        """Events stored after ``sequence`` with their tenants, in the order of storing: what learners read."""
        chosen = select(events.c.tenant, *_EVENT).where(events.c.sequence > sequence)
        with self._database.reading() as connection:
            rows = connection.execute(chosen.order_by(events.c.sequence).limit(most)).all()
        return [(row[0], LoggedEvent._make(row[1:])) for row in rows]

    def shown_since(self, tenant: str, sequence: int, *, most: int) -> list[Impression]:
        """Impressions of a tenant stored after ``sequence``, in the order of storing: what learners read."""
        chosen = (impressions.c.tenant == tenant) & (impressions.c.sequence > sequence)
        with self._database.reading() as connection:
            rows = connection.execute(
                select(impressions).where(chosen).order_by(impressions.c.sequence).limit(most)
            ).all()
        return [_impression(row) for row in rows]

    def shown_before(
        self, tenant: str, users: Sequence[str], sequence: int, *, most: int
    ) -> dict[str, list[tuple[int, tuple[str, ...]]]]:
        """What users were shown by impressions stored before ``sequence``, at most ``most`` a user, latest first.

        Each is the impression's sequence and its items' ids; users without any are left out.
        """
        own = impressions.c
        chosen = (own.tenant == tenant) & own.user.in_(users) & (own.sequence < sequence)
        number = func.row_number().over(partition_by=own.user, order_by=own.sequence.desc())
        latest = select(own.user, own.sequence, own["items"], number.label("number")).where(chosen).subquery()
        wanted = select(latest).where(latest.c.number <= most).order_by(latest.c.sequence.desc())
        found: dict[str, list[tuple[int, tuple[str, ...]]]] = {}
        with self._database.reading() as connection:
            for row in connection.execute(wanted):
                ids = tuple(item[0] for item in json.loads(row[2]))
                found.setdefault(row.user, []).append((row.sequence, ids))
        return found

    def export(
        self, tenant: str, user: str, *, after: tuple[int, int], most: int
    ) -> tuple[list[LoggedEvent], list[Impression]]:
        """The next events, then impressions, of a user after the given sequences; ``most`` together."""
        of_events = _of(tenant, user, events) & (events.c.sequence > after[0])
        of_shown = _of(tenant, user, impressions) & (impressions.c.sequence > after[1])
        with self._database.reading() as connection:
            done = connection.execute(select(*_EVENT).where(of_events).order_by(events.c.sequence).limit(most)).all()
            shown_most = most - len(done)
            shown = connection.execute(
                select(impressions).where(of_shown).order_by(impressions.c.sequence).limit(shown_most)
            ).all()
        return [LoggedEvent._make(row) for row in done], [_impression(row) for row in shown]

    def delete(self, tenant: str, user: str) -> UserCounts:
        """Deletes all that is stored of a user, durable when it returns."""
        with self._database.writing() as connection:
            counts = [connection.execute(delete(table).where(_of(tenant, user, table))).rowcount for table in _TABLES]
        return UserCounts(*counts)

    def merge(self, tenant: str, user: str, into: str) -> UserCounts:
        """Gives all that is stored of ``user`` to ``into``, durable when it returns."""
        with self._database.writing() as connection:
            counts = [
                connection.execute(update(table).where(_of(tenant, user, table)).values(user=into)).rowcount
                for table in _TABLES
            ]
        return UserCounts(*counts)

    def state(self, tenant: str, name: str) -> tuple[int, bytes] | None:
        """What was learnt up to which event; None if nothing was kept under this name."""
        chosen = select(states.c.sequence, states.c.content).where(states.c.tenant == tenant, states.c.name == name)
        with self._database.reading() as connection:
            row = connection.execute(chosen).first()
        return None if row is None else (row.sequence, row.content)

    def keep_state(self, tenant: str, name: str, *, sequence: int, content: bytes) -> None:
        """Keeps what was learnt up to an event, unless more is kept already."""
        kept = (states.c.tenant == tenant) & (states.c.name == name)
        with self._database.writing() as connection:
            found = connection.execute(select(states.c.sequence).where(kept)).scalar()
            if found is None:
                row = {"tenant": tenant, "name": name, "sequence": sequence, "content": content}
                connection.execute(insert(states), row)
            elif found < sequence:
                connection.execute(update(states).where(kept).values(sequence=sequence, content=content))

    def close(self) -> None:
        """Ends every connection."""
        self._database.close()


_TABLES = (events, impressions)


def _of(tenant: str, user: str, table: Table) -> ColumnElement[bool]:
    return (table.c.tenant == tenant) & (table.c.user == user)


def _record(connection: Connection, tenant: str, batch: Sequence[LoggedEvent]) -> Recorded | EventConflict:
    ids = [one.event_id for one in batch]
    chosen = select(*_EVENT).where(events.c.tenant == tenant, events.c.event_id.in_(ids))
    known = {row.event_id: LoggedEvent._make(row) for row in connection.execute(chosen)}
    fresh: dict[str, LoggedEvent] = {}
    conflicts: list[int] = []
    for place, one in enumerate(batch):
        earlier = known.get(one.event_id) or fresh.setdefault(one.event_id, one)
        if earlier.content != one.content:
            conflicts.append(place)
    if conflicts:
        return EventConflict(tuple(conflicts))
    now_s = time.time()
    rows = [one._asdict() | {"tenant": tenant, "recorded_at_s": now_s} for one in fresh.values()]
    for row in rows:
        del row["sequence"]
    if rows:
        connection.execute(insert(events), rows)
    return Recorded(new=len(rows), known=len(batch) - len(rows))


def _latest(connection: Connection, tenant: str, user: str, most: int) -> list[LoggedEvent]:
    chosen = select(*_EVENT).where(events.c.tenant == tenant, events.c.user == user)
    rows = connection.execute(chosen.order_by(events.c.at_s.desc(), events.c.sequence.desc()).limit(most)).all()
    return [LoggedEvent._make(row) for row in reversed(rows)]


def _impression(row: Row[Any]) -> Impression:
    return Impression(
        request_id=row.request_id,
        user=row.user,
        at_s=row.at_s,
        snapshot_id=row.snapshot_id,
        arm=row.arm,
        policy=row.policy,
        items=tuple(Shown(*item) for item in json.loads(row.items)),
        context=row.context,
        sequence=row.sequence,
    )
