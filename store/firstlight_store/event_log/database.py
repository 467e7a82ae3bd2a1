"""Opens the database behind an event log: an embedded SQLite file, or a PostgreSQL server.

A write is one transaction, and only one writer is in it at a time, so that the order of storing is the order in which
readers see it. Knows nothing of the tables.
"""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import SQLAlchemyError

from firstlight_store.event_log.errors import EventLogUnavailable

_WRITER_LOCK = 7_043_920_311
"""PostgreSQL's advisory lock of whoever writes: any number that nobody else takes."""
_BUSY_S = 5.0
"""How long SQLite waits for another process that writes, in seconds."""


class Database:
    """One database. Safe across threads; blocking."""

    def __init__(self, url: str) -> None:
        """Takes an SQLAlchemy URL, ``sqlite:///path`` or ``postgresql+psycopg://...``; connects at the first use."""
        self._engine = _engine(url)
        self._reading = self._engine.execution_options(isolation_level="AUTOCOMMIT")
        self.is_sqlite = self._engine.dialect.name == "sqlite"

    @property
    def engine(self) -> Engine:
        """For migrations."""
        return self._engine

    @contextmanager
    def writing(self) -> Generator[Connection]:
        """A transaction that nobody else writes beside; durable once the block has ended.

        Raises:
            EventLogUnavailable: the database failed; nothing was stored.
        """
        try:
            with self._engine.begin() as connection:
                if not self.is_sqlite:
                    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _WRITER_LOCK})
                yield connection
        except SQLAlchemyError as error:
            raise EventLogUnavailable(f"the event log cannot be written: {_told(error)}") from error

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
            raise EventLogUnavailable(f"the event log cannot be read: {_told(error)}") from error

    def close(self) -> None:
        """Ends every connection."""
        self._engine.dispose()


def _engine(url: str) -> Engine:
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True)
    engine = create_engine(url, connect_args={"timeout": _BUSY_S, "check_same_thread": False})
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    return engine


def _set_up(connection: Any, _record: object) -> None:  # sqlite3's connection
    connection.isolation_level = None  # the driver's own BEGIN comes too late
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _told(error: SQLAlchemyError) -> str:
    """What the driver said, without the statement and its values."""
    return str(getattr(error, "orig", None) or error).splitlines()[0]
