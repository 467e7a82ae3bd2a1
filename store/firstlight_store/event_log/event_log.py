"""The event log of all tenants: records, tells, forgets.

Blocking: run it on a thread, and hand it what waits together (group commit). Knows nothing of requests, nor of SQL.
"""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import func, insert, select

from firstlight_store.event_log import erasures, learning, showings, users
from firstlight_store.event_log.database import Database
from firstlight_store.event_log.errors import EventConflict
from firstlight_store.event_log.feedback_caps import FeedbackCaps, marked
from firstlight_store.event_log.histories import histories
from firstlight_store.event_log.migrations import migrate, require_made
from firstlight_store.event_log.recording import Batch, Recording
from firstlight_store.event_log.records import Impression, LoggedEvent, Recorded, UserCounts
from firstlight_store.event_log.retention import expire
from firstlight_store.event_log.rows import impression_row, require_scope
from firstlight_store.event_log.schema import events, impressions

TIMEOUT_S: Final = 5.0
_CAPS: Final = FeedbackCaps()


class EventLog:
    """Safe across threads and processes. Every method raises `EventLogUnavailable` where the database fails."""

    def __init__(self, url: str, *, timeout_s: float = TIMEOUT_S, makes: bool = True) -> None:
        """Opens the database at an SQLAlchemy URL, and brings its tables to the newest schema.

        Args:
            url: ``sqlite:///path`` or ``postgresql://...``.
            timeout_s: how long any statement, connection or other writer is waited for, in seconds; a connection to
                PostgreSQL for at least 2.
            makes: whether it may be made where there is none.

        Raises:
            EventLogMissing: there is none, and it may not be made.
            EventLogNewer: a newer release wrote the database.
            EventLogDamaged: the SQLite file is not what SQLite wrote.
            EventLogUnavailable: the database cannot be opened.
        """
        self._database = Database(url, timeout_s=timeout_s, makes=makes)
        try:
            if not makes:
                require_made(self._database)
            migrate(self._database)
        except BaseException:
            self._database.close()
            raise

    def record(self, batches: Sequence[Batch], *, seen: Sequence[int] | None = None) -> list[Recorded | EventConflict]:
        """Stores batches in one transaction, durable when it returns; a batch with a conflict is left out whole.

        An event with an id that is stored already, or stands earlier in ``batches``, counts once.

        Args:
            batches: tenants, each with events of its users.
            seen: for each batch what `last_erasure` said when it came; None: just now. An event whose user was deleted
                or merged since then counts as recorded before that.

        Raises:
            ValueError: an event has an empty tenant, user or id, or a number that is not finite; nothing is stored.
        """
        with self._database.writing() as connection:
            return Recording(self._database, connection, seen).record(batches)

    def last_erasure(self) -> int:
        """The number of the last deletion or merge of a user of any tenant: what is begun now has seen no later one."""
        return erasures.latest(self._database)

    def latest(self, users: Sequence[tuple[str, str]], *, most: int) -> list[list[LoggedEvent]]:
        """For each (tenant, user) their latest events, at most ``most``, oldest first."""
        return histories(self._database, users, most=most)

    def show(self, shown: Sequence[tuple[str, Impression]], *, seen: Sequence[int] | None = None) -> None:
        """Stores what was shown to users of tenants, durable when it returns.

        Args:
            shown: tenants, each with an impression.
            seen: for each what `last_erasure` said when its answer was begun; None: just now. What was shown to a user
                who was deleted or merged since then counts as shown before that.
        """
        rows = [impression_row(tenant, one) for tenant, one in shown]
        if not rows:
            return
        with self._database.writing() as connection:
            if seen is not None:
                made = erasures.Erasures(self._database, connection, seen=seen)
                of = [made.owner(tenant, one.user, seen=at) for (tenant, one), at in zip(shown, seen, strict=True)]
                rows = [row | {"user": user} for row, user in zip(rows, of, strict=True) if user is not None]
            if rows:
                connection.execute(insert(impressions), rows)

    def impressions_of(self, tenant: str, request_ids: Sequence[str]) -> dict[str, Impression]:
        """What the answers of these ids showed, as far as it is known."""
        with self._database.reading() as connection:
            return showings.impressions_of(connection, tenant, request_ids)

    def shown_since(self, sequence: int, *, most: int, tenant: str | None = None) -> list[tuple[str, Impression]]:
        """Impressions stored after ``sequence`` with their tenants, in the order of storing: as `since`, of these."""
        with self._database.reading() as connection:
            return showings.impressions_after(connection, sequence, most=most, tenant=tenant)

    def shown_before(
        self, tenant: str, users: Sequence[str], sequence: int, *, most: int
    ) -> dict[str, list[tuple[int, tuple[str, ...]]]]:
        """What users were shown by impressions stored before ``sequence``, at most ``most`` a user, latest first.

        Each is the impression's sequence and its items' ids; users without any are left out.
        """
        with self._database.reading() as connection:
            return showings.impressions_before(connection, tenant, users, sequence, most=most)

    def since(
        self, sequence: int, *, most: int, tenant: str | None = None, caps: FeedbackCaps = _CAPS
    ) -> list[tuple[str, LoggedEvent]]:
        """Events stored after ``sequence`` with their tenants, in the order of storing: what learners read.

        Those beyond ``caps`` are marked as not counted. With a ``tenant``, its events alone.
        """
        found = learning.events_after(self._database, sequence, most=most, tenant=tenant)
        return marked(self._database, found, caps)

    def last_sequence(self) -> int:
        """The place of the event that was stored last, over all tenants; 0 if none is there."""
        with self._database.reading() as connection:
            return connection.execute(select(func.max(events.c.sequence))).scalar() or 0

    def export(
        self, tenant: str, user: str, *, after: tuple[int, int], most: int
    ) -> tuple[list[LoggedEvent], list[Impression]]:
        """The next events, then impressions, of a user after the given sequences; ``most`` together."""
        require_scope(tenant, user)
        with self._database.reading() as connection:
            return users.export_user(connection, tenant, user, after=after, most=most)

    def delete(self, tenant: str, user: str) -> UserCounts:
        """Deletes all that is stored of a user, durable when it returns; no byte of it is left in an SQLite file.

        What was begun before, and says so (see `record` and `show`), is not stored after it, whoever writes it. What
        was learnt from many users' events is not taken back.

        Raises:
            ValueError: the tenant or the user is empty.
        """
        require_scope(tenant, user)
        with self._database.writing() as connection:
            counts = users.delete_user(connection, tenant, user)
        self._database.erase()
        return counts

    def merge(self, tenant: str, user: str, into: str) -> UserCounts:
        """Gives all that is stored of ``user`` to ``into``, durable when it returns.

        So is what was begun before, and says so (see `record` and `show`). What is recorded of ``user`` later stays
        theirs; only what was stored before and is sent again is known.

        Raises:
            ValueError: the tenant or a user is empty, or the users are one.
        """
        require_scope(tenant, user)
        require_scope(tenant, into)
        if user == into:
            raise ValueError(f"user = into = {user!r}: a user cannot be merged into itself")
        with self._database.writing() as connection:
            return users.merge_users(connection, tenant, user, into)

    def expire(self, tenant: str, *, before_s: float) -> UserCounts:
        """Deletes a tenant's events and impressions from before a time in seconds since 1970 UTC, a few at a time.

        Raises:
            ValueError: the tenant is empty.
        """
        require_scope(tenant, "anybody")
        counts = [expire(self._database, table, tenant, before_s=before_s) for table in (events, impressions)]
        self._database.erase()
        return UserCounts(*counts)

    def state(self, tenant: str, name: str) -> tuple[int, bytes] | None:
        """What was learnt up to which event; None if nothing was kept under this name."""
        with self._database.reading() as connection:
            return learning.state(connection, tenant, name)

    def keep_state(self, tenant: str, name: str, *, sequence: int, content: bytes) -> None:
        """Keeps what was learnt up to an event, unless more is kept already."""
        with self._database.writing() as connection:
            learning.keep_state(connection, tenant, name, sequence=sequence, content=content)

    def close(self) -> None:
        """Ends every connection."""
        self._database.close()
