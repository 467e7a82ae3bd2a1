"""Stores batches of events in one transaction: each event once, and a batch with a conflict not at all.

Knows nothing of when they are committed.
"""

import time
from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import Connection, Executable, Insert, bindparam, insert, select

from firstlight_store.event_log.database import Database
from firstlight_store.event_log.errors import EventConflict
from firstlight_store.event_log.records import LoggedEvent, Recorded
from firstlight_store.event_log.rows import EVENT_COLUMNS, event_row, raw_event, require_storable
from firstlight_store.event_log.schema import events, merges
from firstlight_store.event_log.stored_text import stored

Batch = tuple[str, Sequence[LoggedEvent]]
"""A tenant, and events of its users that are stored together or not at all."""

_Key = tuple[str, str]
"""A tenant and an event id."""

_MOST_IDS = 512
"""Ids asked for at once; below every limit on the number of a statement's variables."""
_FEWEST_IDS = 8


class Recording:
    """One transaction."""

    def __init__(self, database: Database, connection: Connection) -> None:
        self._database = database
        self._connection = connection
        self._now_s = time.time()

    def record(self, batches: Sequence[Batch]) -> list[Recorded | EventConflict]:
        """Stores the batches, and says what became of each.

        Raises:
            ValueError: an event has an empty scope or id, or a number that is not finite; nothing is stored.
        """
        for tenant, batch in batches:
            for one in batch:
                require_storable(tenant, one)
        known = self._known(batches)
        fresh: dict[_Key, LoggedEvent] = {}
        done = [self._take(tenant, batch, known, fresh) for tenant, batch in batches]
        if fresh:
            statement = self._database.prepared("insert", _insert)
            rows = [statement.values(event_row(tenant, one)) for (tenant, _), one in fresh.items()]
            self._connection.exec_driver_sql(statement.text, rows)  # type: ignore[arg-type] # all of one kind
        return done

    def _take(
        self, tenant: str, batch: Sequence[LoggedEvent], known: dict[_Key, LoggedEvent], fresh: dict[_Key, LoggedEvent]
    ) -> Recorded | EventConflict:
        """Adds what is new in a batch to ``fresh``, unless something in it conflicts."""
        taken: dict[_Key, LoggedEvent] = {}
        conflicts: list[int] = []
        for place, one in enumerate(batch):
            key = (tenant, one.event_id)
            earlier = known.get(key) or fresh.get(key) or taken.get(key)
            if earlier is None:
                taken[key] = one._replace(at_s=one.at_s or self._now_s, recorded_at_s=self._now_s)
            elif not one.agrees_with(earlier) and not self._was_merged(tenant, one, earlier):
                conflicts.append(place)
        if conflicts:
            return EventConflict(tuple(conflicts))
        fresh.update(taken)
        return Recorded(new=len(taken), known=len(batch) - len(taken))

    def _known(self, batches: Sequence[Batch]) -> dict[_Key, LoggedEvent]:
        """The events that are stored under the ids of ``batches``."""
        ids: dict[str, dict[str, None]] = {}
        for tenant, batch in batches:
            ids.setdefault(tenant, {}).update(dict.fromkeys(one.event_id for one in batch))
        found: dict[_Key, LoggedEvent] = {}
        for tenant, wanted in ids.items():
            for one in self._stored(tenant, list(wanted)):
                found[tenant, one.event_id] = one
        return found

    def _stored(self, tenant: str, ids: Sequence[str]) -> Iterator[LoggedEvent]:
        for start in range(0, len(ids), _MOST_IDS):
            chunk = [stored(one) for one in ids[start : start + _MOST_IDS]]
            count = max(_FEWEST_IDS, 1 << (len(chunk) - 1).bit_length())
            statement = self._database.prepared(("known", count), lambda count=count: _known(count))  # type: ignore[misc]
            chunk += chunk[-1:] * (count - len(chunk))  # so that a few statements fit every number
            given = {"tenant": stored(tenant)} | {f"id_{place}": one for place, one in enumerate(chunk)}
            rows = self._connection.exec_driver_sql(statement.text, statement.values(given))
            yield from map(raw_event, rows)

    def _was_merged(self, tenant: str, one: LoggedEvent, earlier: LoggedEvent) -> bool:
        """Whether both are the same, sent again under the user that it was of before a merge."""
        if one.user == earlier.user or not one._replace(user=earlier.user).agrees_with(earlier):
            return False
        chosen = select(merges.c.into).where(merges.c.tenant == tenant, merges.c.user == one.user)
        return self._connection.execute(chosen).scalar() == earlier.user


def _known(count: int) -> Executable:
    ids: Iterable[str] = (f"id_{place}" for place in range(count))
    return select(*EVENT_COLUMNS).where(
        events.c.tenant == bindparam("tenant"), events.c.event_id.in_([bindparam(name) for name in ids])
    )


def _insert() -> Insert:
    names = [column.name for column in events.columns if column.name != "sequence"]
    return insert(events).values({name: bindparam(name) for name in names}).inline()
