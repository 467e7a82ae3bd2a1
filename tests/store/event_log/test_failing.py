"""An event log whose database is gone, damaged, full, or of another release: it never lies."""

import re
import resource
import sqlite3
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from firstlight_store.event_log import (
    EventLog,
    EventLogDamaged,
    EventLogUnavailable,
    Impression,
    LoggedEvent,
    Recorded,
)
from firstlight_store.event_log.database import Database
from firstlight_store.event_log.faults import is_final, meaning
from tests.postgresql import PostgreSQL

VIEW = LoggedEvent("e1", "anna", "coffee", "view", 1e9)


def test_a_file_that_is_no_database_is_refused_by_name(tmp_path: Path) -> None:
    file = tmp_path / "events.db"
    file.write_bytes(b"these are not the bytes of SQLite " * 100)
    with pytest.raises(EventLogDamaged, match=f"{re.escape(str(file))} is damaged .*put a backup in its place"):
        EventLog(f"sqlite:///{file}")


def test_a_damaged_database_is_refused_by_name_and_takes_nothing_more(tmp_path: Path) -> None:
    file = tmp_path / "events.db"
    log = EventLog(f"sqlite:///{file}")
    log.record([("shop", [VIEW._replace(event_id=f"e{n}") for n in range(500)])])
    log.close()
    with file.open("r+b") as opened:
        for page in range(2, file.stat().st_size // 4_096):
            opened.seek(page * 4_096)
            opened.write(b"\xa5" * 64)
    log = EventLog(f"sqlite:///{file}")
    for _ in range(2):
        with pytest.raises(EventLogUnavailable, match=re.escape(str(file))):
            log.record([("shop", [VIEW._replace(event_id="new")])])
    with pytest.raises(EventLogDamaged, match=re.escape(str(file))):
        log.latest([("shop", "anna")], most=10)
    log.close()


def test_a_directory_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(EventLogUnavailable, match=r"nowhere/events.db cannot be read: unable to open"):
        EventLog(f"sqlite:///{tmp_path}/nowhere/events.db")


def test_a_full_disk_acknowledges_nothing_and_the_log_recovers(tmp_path: Path) -> None:
    log = EventLog(f"sqlite:///{tmp_path / 'events.db'}")
    log.record([("shop", [VIEW])])
    big = [VIEW._replace(event_id=f"big-{n}", text="x" * 4_000) for n in range(100)]
    with _no_file_longer_than((tmp_path / "events.db-wal").stat().st_size + 4_096):
        for _ in range(3):
            with pytest.raises(EventLogUnavailable, match="cannot be written"):
                log.record([("shop", big)])
        assert len(log.since(0, most=10)) == 1
    assert log.record([("shop", big)]) == [Recorded(100, 0)]
    log.close()


@contextmanager
def _no_file_longer_than(size: int) -> Generator[None]:
    """Lets the kernel refuse whatever this process would write beyond ``size`` bytes of a file."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize(
    ("code", "final"),
    [
        (sqlite3.SQLITE_IOERR_FSYNC, True),
        (sqlite3.SQLITE_IOERR_DIR_FSYNC, True),
        (sqlite3.SQLITE_CORRUPT_INDEX, True),
        (sqlite3.SQLITE_IOERR_WRITE, False),
        (sqlite3.SQLITE_FULL, False),
        (sqlite3.SQLITE_BUSY, False),
    ],
)
def test_after_a_failed_fsync_or_damage_nothing_is_written_in_this_process(code: int, *, final: bool) -> None:
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = code
    assert is_final(error) is final
    assert "events.db cannot be written: disk" in str(meaning(error, doing="written", where="events.db")) or (
        code == sqlite3.SQLITE_CORRUPT_INDEX
    )


def test_another_writer_is_waited_for_no_longer_than_said(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'events.db'}"
    log = EventLog(url, timeout_s=0.05)
    other = Database(url, timeout_s=1)
    with other.writing(), pytest.raises(EventLogUnavailable, match="database is locked"):
        log.record([("shop", [VIEW])])
    assert log.latest([("shop", "anna")], most=1) == [[]]
    assert log.record([("shop", [VIEW])]) == [Recorded(1, 0)]
    other.close()
    log.close()


def test_another_writer_on_postgresql_is_waited_for_no_longer_than_said(server: PostgreSQL) -> None:
    url = server.schema()
    EventLog(url).close()  # makes the tables, and may take longer
    log, other = EventLog(url, timeout_s=0.5), Database(url, timeout_s=5)
    with other.writing(), pytest.raises(EventLogUnavailable, match="timeout"):
        log.record([("shop", [VIEW])])
    assert log.record([("shop", [VIEW])]) == [Recorded(1, 0)]
    other.close()
    log.close()


def test_a_server_that_is_not_there_fails_at_once_and_hides_its_password(tmp_path: Path) -> None:
    began_s = time.monotonic()
    with pytest.raises(EventLogUnavailable, match="cannot be read") as raised:
        EventLog(f"postgresql+psycopg://postgres:secret@/log?host={tmp_path}", timeout_s=1)
    assert "secret" not in str(raised.value)
    assert time.monotonic() - began_s < 30


def test_connections_that_the_server_cut_off_are_made_anew(server: PostgreSQL) -> None:
    url = server.database()
    log = EventLog(url)
    log.record([("shop", [VIEW])])
    assert len(log.latest([("shop", "anna")], most=1)[0]) == 1
    server.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE 'made%' AND pid <> pg_backend_pid()"
    )
    assert len(log.latest([("shop", "anna")], most=1)[0]) == 1
    assert log.record([("shop", [VIEW])]) == [Recorded(0, 1)]
    log.close()


def test_a_database_that_cannot_hold_every_text_is_refused(server: PostgreSQL) -> None:
    with pytest.raises(EventLogUnavailable, match=r"encoded in SQL_ASCII.*ENCODING 'UTF8'"):
        EventLog(server.database(encoding="SQL_ASCII"))


def test_a_deleted_user_is_on_no_page_of_the_files(tmp_path: Path) -> None:
    file = tmp_path / "events.db"
    log = EventLog(f"sqlite:///{file}")
    for start in range(0, 4_000, 200):
        log.record([("shop", [_of_anyone(n) for n in range(start, start + 200)])])
        shown = [Impression(f"r-{_name(n)}", _name(n), 1e9, context=f"item-{_name(n)}".encode()) for n in range(40)]
        log.show([("shop", one) for one in shown])
    log.merge("shop", _name(3), into=_name(5))
    reader = sqlite3.connect(file)  # another process's, idle: deletion must not wait for it for ever
    reader.execute("SELECT count(*) FROM events").fetchall()
    assert _found(tmp_path, _name(5)) > 100
    assert log.delete("shop", _name(5)) == (200, 40)
    assert (_found(tmp_path, _name(5)), _found(tmp_path, _name(3))) == (0, 0)
    assert _found(tmp_path, _name(7)) > 100
    assert log.expire("shop", before_s=2e9) == (3_800, 760)
    assert _found(tmp_path, "item-") == 0
    reader.close()
    log.close()


def _name(number: int) -> str:
    return f"user{number % 40:02d}x"


def _of_anyone(number: int) -> LoggedEvent:
    of = _name(number)
    return LoggedEvent(f"{number * 7919 % 4001}-{of}", of, f"item-{of}", "view", 1e9 + number * 31 % 977)


def _found(directory: Path, name: str) -> int:
    return sum(file.read_bytes().count(name.encode()) for file in directory.iterdir())
