"""How connections to either database are set up: durable, bounded in time, one writer. Knows nothing of the tables."""

import math
import sqlite3
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from firstlight_store.event_log.errors import EventLogUnavailable

_WAL_PAGES = 4_096
"""SQLite moves its write-ahead log into the file after so many pages of 4 KiB: a page that changed often moves once."""
_WAL_TRIES = 100
_WAL_PAUSE_S = 0.01
_CACHE_KIB = 16_384
_LEAST_CONNECT_S = 2
"""libpq waits no shorter for a connection."""


def engine(url: str, *, timeout_s: float, holds: str) -> Engine:
    """An engine whose every wait for the database, connecting included, ends after about ``timeout_s`` seconds.

    What the database ``holds`` is for messages alone.

    Raises:
        EventLogUnavailable: it is no URL of either database, or PostgreSQL's driver is not installed.
    """
    address = address_of(url, holds=holds)
    if address.get_backend_name() == "sqlite":
        made = create_engine(address, connect_args={"timeout": timeout_s, "check_same_thread": False})
        event.listen(made, "connect", _set_up_sqlite)
        event.listen(made, "begin", _begin_sqlite)
        return made
    timeout_ms = max(1, round(1e3 * timeout_s))
    patience = {
        "connect_timeout": max(_LEAST_CONNECT_S, math.ceil(timeout_s)),
        "tcp_user_timeout": timeout_ms,  # a server that is gone without a word
        "keepalives_idle": 10,
        "client_encoding": "utf8",
    }
    made = create_engine(address, pool_pre_ping=True, pool_timeout=timeout_s, connect_args=patience)
    event.listen(made, "connect", _set_up_postgresql(timeout_ms))
    return made


def sqlite_url(file: Path) -> str:
    """The URL of an SQLite file, whatever characters its path has."""
    return URL.create("sqlite", database=str(file)).render_as_string()


def sqlite_file(url: str) -> Path | None:
    """The SQLite file that a URL names; None where it names something else."""
    database = make_url(url).database if url.startswith("sqlite:") else None
    return Path(database) if database else None


def address_of(url: str, *, holds: str) -> URL:
    """The parsed URL, with the driver that this package knows; what it ``holds`` is for messages alone.

    Raises:
        EventLogUnavailable: it is no URL of either database, or PostgreSQL's driver is not installed.
    """
    try:
        address = make_url(url)
    except (ArgumentError, ValueError):  # such as a port that is no number
        address = None
    if address is None or address.drivername not in ("sqlite", "postgresql", "postgresql+psycopg"):
        # NOTE: without the URL itself, which may hold a password.
        raise EventLogUnavailable(f"the URL of {holds} is neither sqlite:///FILE nor postgresql://USER@HOST/NAME")
    if address.drivername == "sqlite":
        if not address.database or ":memory:" in address.database:
            raise EventLogUnavailable(f"{holds} cannot be kept in memory, which keeps nothing; name a file")
        return address
    if find_spec("psycopg") is None:
        raise EventLogUnavailable(f"{holds} in PostgreSQL needs psycopg: pip install 'firstlight[postgres]'")
    return address.set(drivername="postgresql+psycopg")


def _set_up_sqlite(connection: Any, _record: object) -> None:  # sqlite3's connection
    connection.isolation_level = None  # the driver's own BEGIN comes too late
    _begin_wal(connection)
    for pragma in (
        "synchronous=FULL",
        "secure_delete=ON",  # what is deleted is overwritten
        f"wal_autocheckpoint={_WAL_PAGES}",
        f"cache_size=-{_CACHE_KIB}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_wal(connection: Any) -> None:
    """Lets readers go on beside a writer. The change needs the file for itself and, unlike others, does not wait."""
    for _ in range(_WAL_TRIES):
        if connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal":
            return
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            time.sleep(_WAL_PAUSE_S)
    connection.execute("PRAGMA journal_mode=WAL")


def _begin_sqlite(connection: Connection) -> None:
    if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _set_up_postgresql(timeout_ms: int) -> Callable[[Any, object], None]:
    def set_up(connection: Any, _record: object) -> None:  # psycopg's connection
        with connection.cursor() as cursor:
            for name in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
                cursor.execute("SELECT set_config(%s, %s, false)", (name, f"{timeout_ms}ms"))
            # A plan that was made once while a table was empty reads all of it for ever, or until it is analysed.
            cursor.execute("SELECT set_config('plan_cache_mode', 'force_custom_plan', false)")
            # Acknowledged means durable, whatever the server's default is; stricter ones are left as they are.
            cursor.execute(
                "SELECT set_config('synchronous_commit', 'on', false) "
                "WHERE current_setting('synchronous_commit') = 'off'"
            )
        connection.commit()

    return set_up
