"""The schema of an event log, from nothing, from an older release, and from a newer one."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from firstlight_store.event_log import EventLog, EventLogNewer, LoggedEvent, Recorded, migrations
from firstlight_store.event_log.database import Database
from firstlight_store.event_log.migrations import EVENT_LOG, migrate
from firstlight_store.event_log.schema import metadata

VIEW = LoggedEvent("e1", "anna", "coffee", "view", 1e9)


def test_the_newest_revision_is_the_one_that_the_code_names() -> None:
    assert ScriptDirectory(migrations.__path__[0]).get_current_head() == EVENT_LOG.newest


def test_an_empty_database_gets_the_tables_that_the_code_asks_for(url: str) -> None:
    database = Database(url, timeout_s=5)
    migrate(database)
    with database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": "event_log_version"})
        assert compare_metadata(context, metadata) == []
    database.close()


def test_an_older_database_is_upgraded_and_keeps_what_it_holds(url: str) -> None:
    database = Database(url, timeout_s=5)
    migrate(database, to="0001")
    with database.writing() as connection:
        columns = 'tenant, event_id, "user", item_id, type, at_s, weight, text, request_id, recorded_at_s'
        connection.exec_driver_sql(
            f"INSERT INTO events ({columns}) VALUES ('shop', 'e1', 'anna', 'coffee', 'view', 1e9, 1, '', '', 1e9)"
        )
    database.close()
    log = EventLog(url)
    assert log.record([("shop", [VIEW])]) == [Recorded(0, 1)]
    assert log.merge("shop", "anna", into="ben") == (1, 0)
    log.close()


def test_a_newer_database_is_refused_and_both_versions_are_named(url: str) -> None:
    EventLog(url).close()
    database = Database(url, timeout_s=5)
    with database.writing() as connection:
        connection.exec_driver_sql("UPDATE event_log_version SET version_num = '0099'")
    with pytest.raises(EventLogNewer, match=f"schema 0099, and this release knows {EVENT_LOG.newest}"):
        EventLog(url)
    database.close()


def test_those_who_open_an_empty_database_at_once_do_not_collide(url: str) -> None:
    start = threading.Barrier(6)

    def open_and_record(number: int) -> EventLog:
        start.wait()
        log = EventLog(url)
        log.record([("shop", [VIEW._replace(event_id=str(number))])])
        return log

    with ThreadPoolExecutor(6) as threads:
        logs = list(threads.map(open_and_record, range(6)))
    assert len(logs[0].since(0, most=10)) == 6
    for log in logs:
        log.close()
