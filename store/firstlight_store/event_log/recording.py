"""Stores batches of events in one transaction: each event once, and a batch with a conflict not at all.

Knows nothing of when they are committed.
"""

import time
from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, select

from firstlight_store.event_log.database import Database
from firstlight_store.event_log.erasures import Erasures
from firstlight_store.event_log.errors import EventConflict
from firstlight_store.event_log.event_statements import events_of_ids, insertion
from firstlight_store.event_log.records import LoggedEvent, Recorded
from firstlight_store.event_log.rows import event_row, raw_event, require_storable
from firstlight_store.event_log.schema import merges

Batch = tuple[str, Sequence[LoggedEvent]]
"""A tenant, and events of its users that are stored together or not at all."""

_Key = tuple[str, str]
"""A tenant and an event id."""

_MOST_IDS = 4_096
"""Ids asked for at once."""


class Recording:
    """One transaction."""

    def __init__(self, database: Database, connection: Connection, seen: Sequence[int] | None = None) -> None:
        """Takes the last erasure that each batch had ``seen`` when it came; None: all of them just came."""
        self._database = database
        self._connection = connection
        self._now_s = time.time()
        self._seen = seen
        self._erasures = Erasures(database, connection, seen=seen or ())

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
        done = [self._take(number, tenant, batch, known, fresh) for number, (tenant, batch) in enumerate(batches)]
        if fresh:
            rows = [event_row(tenant, one) for (tenant, _), one in fresh.items()]
            statement, given = insertion(self._database, rows)
            self._connection.exec_driver_sql(statement.text, [statement.values(one) for one in given])
        return done

    def _take(
        self,
        number: int,
        tenant: str,
        batch: Sequence[LoggedEvent],
        known: dict[_Key, LoggedEvent],
        fresh: dict[_Key, LoggedEvent],
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
        fresh.update(self._left(tenant, taken, self._seen[number]) if self._seen and self._erasures else taken)
        return Recorded(new=len(taken), known=len(batch) - len(taken))

    def _left(self, tenant: str, taken: dict[_Key, LoggedEvent], seen: int) -> dict[_Key, LoggedEvent]:
        """What is to be stored, under whose it is now."""
        of = {user: self._erasures.owner(tenant, user, seen=seen) for user in {one.user for one in taken.values()}}
        owned = ((key, one, of[one.user]) for key, one in taken.items())
        return {key: one._replace(user=user) for key, one, user in owned if user is not None}

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
            statement, given = events_of_ids(self._database, tenant, ids[start : start + _MOST_IDS])
            yield from map(raw_event, self._connection.exec_driver_sql(statement.text, statement.values(given)))

    def _was_merged(self, tenant: str, one: LoggedEvent, earlier: LoggedEvent) -> bool:
        """Whether both are the same, sent again under the user that it was of before a merge."""
        if one.user == earlier.user or not one._replace(user=earlier.user).agrees_with(earlier):
            return False
        chosen = select(merges.c.into).where(merges.c.tenant == tenant, merges.c.user == one.user)
        return self._connection.execute(chosen).scalar() == earlier.user
