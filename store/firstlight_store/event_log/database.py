"""The database behind an event log or another store: an embedded SQLite file, or a PostgreSQL server.

A write is one transaction, and only one writer is in it at a time, so that the order of storing is the order in which
readers see it. Knows nothing of the tables.
"""

import time
from collections.abc import Callable, Generator, Hashable, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Executable, text
from sqlalchemy.exc import SQLAlchemyError

from firstlight_store.event_log.engines import engine
from firstlight_store.event_log.errors import EventLogMissing, EventLogUnavailable
from firstlight_store.event_log.faults import is_final, meaning
from firstlight_store.event_log.prepared import Prepared
from firstlight_store.event_log.read_connections import ReadConnections

_WRITER_LOCK = 7_043_920_311
"""PostgreSQL's advisory lock of whoever writes: any number that nobody else takes."""
_CHECKPOINT_PAUSE_S = 0.01


class Database:
    """One database. Safe across threads; blocking."""

    def __init__(self, url: str, *, timeout_s: float, holds: str = "the event log", makes: bool = True) -> None:
        """Takes what it is to be called; connects at the first use.

        Args:
            url: an SQLAlchemy URL, ``sqlite:///path`` or ``postgresql://...``.
            timeout_s: how long anything is waited for, in seconds.
            holds: what is in it, for messages.
            makes: whether an SQLite file may be made where there is none.

        Raises:
            EventLogUnavailable: the URL is of neither, or PostgreSQL's driver is not installed.
            EventLogMissing: there is no file.
        """
        self._engine = engine(url, timeout_s=timeout_s, holds=holds)
        self._timeout_s = timeout_s
        self._reading = self._engine.execution_options(isolation_level="AUTOCOMMIT")
        self._readers = ReadConnections(self._engine)
        self._prepared: dict[Hashable, Prepared] = {}
        self._failed: str | None = None
        self.is_sqlite = self._engine.dialect.name == "sqlite"
        place = str(self._engine.url.database) if self.is_sqlite else str(self._engine.url)  # hides the password
        self.where = f"{holds} {place}"
        if self.is_sqlite and not makes and not Path(place).exists():
            raise EventLogMissing(f"{self.where} is not there; check the name: a server makes it when it first stores")

    @property
    def engine(self) -> Engine:
        """For who looks at the tables themselves."""
        return self._engine

    def prepared(self, name: Hashable, make: Callable[[], Executable]) -> Prepared:
        """What ``make`` makes, rendered once and kept under ``name``."""
        found = self._prepared.get(name)
        return self._prepared.setdefault(name, Prepared(make(), self._engine.dialect)) if found is None else found

    @contextmanager
    def writing(self) -> Generator[Connection]:
        """A transaction that nobody else writes beside; durable once the block has ended.

        Raises:
            EventLogUnavailable: the database failed; nothing was stored, or nobody knows, and nothing is acknowledged.
        """
        if self._failed is not None:
            raise EventLogUnavailable(f"{self._failed}; check the disk and start a new process, do not retry")
        try:
            with self._engine.begin() as connection:
                if not self.is_sqlite:
                    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _WRITER_LOCK})
                yield connection
        except SQLAlchemyError as error:
            raise self._fault(error, doing="written") from error

    @contextmanager
    def reading(self) -> Generator[Connection]:
        """A connection that sees all that was stored when each statement began.

        Raises:
            EventLogUnavailable: the database failed.
        """
        try:
            with self._reading.connect() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise self._fault(error, doing="read") from error

    def rows(self, statement: Prepared, given: Mapping[str, object]) -> Sequence[tuple[Any, ...]]:
        """The rows of a statement, in a fraction of the time that `reading` takes; as they are stored.

        Raises:
            EventLogUnavailable: the database failed.
        """
        try:
            return self._readers.rows(statement.text, statement.values(given))
        except (SQLAlchemyError, self._engine.dialect.loaded_dbapi.Error) as error:
            raise self._fault(error, doing="read") from error

    def erase(self) -> None:
        """Leaves no byte of what was deleted in an SQLite file or its write-ahead log. PostgreSQL vacuums by itself.

        Raises:
            EventLogUnavailable: somebody read all the while; what was deleted is gone, but not yet from the disk.
        """
        if not self.is_sqlite:
            return
        give_up_s = time.monotonic() + self._timeout_s
        while True:
            with self.reading() as connection:
                busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar_one()
            if not busy:
                return
            if time.monotonic() > give_up_s:
                raise EventLogUnavailable(
                    f"{self.where} is read without a pause: what was deleted is gone from it, but its "
                    "bytes lie on the disk until the next deletion; delete again"
                )
            time.sleep(_CHECKPOINT_PAUSE_S)

    def close(self) -> None:
        """Ends every connection."""
        self._readers.close()
        self._engine.dispose()

    def _fault(self, error: Exception, *, doing: str) -> EventLogUnavailable:
        """What is raised instead of ``error``; where nothing must be written any more, that is remembered."""
        fault = meaning(error, doing=doing, where=self.where)
        if is_final(error):
            self._failed = str(fault)
        return fault
