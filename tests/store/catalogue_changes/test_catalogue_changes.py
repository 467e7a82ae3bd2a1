"""The store of catalogue changes: the latest of an item, in order, durable, and each tenant's apart."""

from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, insert

from firstlight_store.catalogue_changes import (
    CatalogueChange,
    CatalogueChanges,
    ChangedItem,
    DataVersion,
    changes_of,
    changes_url,
    migrations,
)
from firstlight_store.catalogue_changes.migrations import CATALOGUE_CHANGES
from firstlight_store.catalogue_changes.schema import catalogue_changes, metadata
from firstlight_store.event_log import EventLog, EventLogMissing, EventLogNewer, EventLogUnavailable
from firstlight_store.event_log.database import Database
from tests.postgresql import PostgreSQL

TEA = ChangedItem(
    item_id="tea", title="Grüner Tee", category=("Drinks", "Tea"), price=2.5, attributes=(("size", "small"),)
)


def test_what_was_stored_is_told_in_order_and_outlives_the_process(tmp_path: Path) -> None:
    changes = CatalogueChanges(changes_url(tmp_path))
    changes.record("shop", [CatalogueChange("tea", TEA, b"1234", "space", 5.0), CatalogueChange("jam", None)])
    changes.close()
    again = CatalogueChanges(changes_url(tmp_path))
    found = again.since("shop")
    assert [one._replace(sequence=0) for one in found] == [
        CatalogueChange("tea", TEA, b"1234", "space", 5.0),
        CatalogueChange("jam", None),
    ]
    assert again.latest() == found[-1].sequence
    assert again.since("shop", found[0].sequence) == found[1:]


def test_the_latest_change_of_an_item_counts_and_is_new_to_who_saw_the_one_before(tmp_path: Path) -> None:
    changes = CatalogueChanges(changes_url(tmp_path))
    changes.record("shop", [CatalogueChange("tea", TEA)])
    seen = changes.latest()
    changes.record("shop", [CatalogueChange("tea", None)])
    assert [(one.item_id, one.item) for one in changes.since("shop")] == [("tea", None)]
    assert [one.item_id for one in changes.since("shop", seen)] == ["tea"]


def test_tenants_are_apart_and_an_empty_one_fails_closed(tmp_path: Path) -> None:
    changes = CatalogueChanges(changes_url(tmp_path))
    changes.record("left", [CatalogueChange("tea", TEA)])
    changes.record("right", [CatalogueChange("tea", None)])
    assert [one.item for one in changes.since("left")] == [TEA]
    assert changes.forget("left", [one.sequence for one in changes.since("right")]) == 0
    assert changes.since("") == []
    with pytest.raises(ValueError, match="needs a tenant"):
        changes.record("", [CatalogueChange("tea", TEA)])


def test_a_file_tells_once_that_somebody_wrote_it(tmp_path: Path) -> None:
    version = DataVersion(changes_url(tmp_path))
    assert not version.exists
    assert not version.moved()
    changes = CatalogueChanges(changes_url(tmp_path))
    assert version.exists
    assert [version.moved(), version.moved()] == [True, False]
    changes.record("shop", [CatalogueChange("tea", TEA)])
    assert [version.moved(), version.moved()] == [True, False]
    assert not DataVersion("postgresql+psycopg://host/db").moved()


def test_the_newest_revision_is_the_one_that_the_code_names() -> None:
    scripts = ScriptDirectory(migrations.__path__[0], version_locations=[str(CATALOGUE_CHANGES.revisions)])
    assert scripts.get_current_head() == CATALOGUE_CHANGES.newest


@pytest.fixture(params=["a file", "a postgresql beside an event log"])
def earlier(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database as release 0.1 left it, with one change in it."""
    if request.param == "a file":
        url = changes_url(tmp_path)
    else:
        server: PostgreSQL = request.getfixturevalue("server")
        url = server.schema()
        EventLog(url).close()
    with closing(Database(url, timeout_s=5)) as database, database.writing() as connection:
        metadata.create_all(connection)
        stored = {"tenant": "shop", "item_id": "jam", "vector": b"", "space": "", "changed_at_s": 5.0}
        connection.execute(insert(catalogue_changes), stored)
    return url


def test_what_an_earlier_release_made_is_brought_under_revisions_and_keeps_what_it_holds(earlier: str) -> None:
    for _ in range(2):
        with closing(CatalogueChanges(earlier, makes=False)) as changes:
            assert changes.since("shop") == [CatalogueChange("jam", None, changed_at_s=5.0, sequence=1)]
    with closing(Database(earlier, timeout_s=5)) as database, database.reading() as connection:
        assert _differences(connection) == []


def test_what_a_later_release_made_is_refused_with_its_revision(earlier: str) -> None:
    CatalogueChanges(earlier, makes=False).close()
    with closing(Database(earlier, timeout_s=5)) as database, database.writing() as connection:
        connection.exec_driver_sql("UPDATE catalogue_changes_version SET version_num = '0099'")
    with pytest.raises(EventLogNewer, match=r"database of catalogue changes .* has schema 0099"):
        CatalogueChanges(earlier)


def test_a_new_file_gets_the_table_that_the_code_asks_for(tmp_path: Path) -> None:
    CatalogueChanges(changes_url(tmp_path)).close()
    with closing(Database(changes_url(tmp_path), timeout_s=5)) as database, database.reading() as connection:
        assert _differences(connection) == []


def _differences(connection: Connection) -> object:
    def own(name: str | None, kind: str, _parents: object) -> bool:
        return kind != "table" or name == catalogue_changes.name

    told = {"version_table": CATALOGUE_CHANGES.version_table, "include_name": own}
    return compare_metadata(MigrationContext.configure(connection, opts=told), metadata)


def test_who_only_reads_makes_nothing_and_a_fault_names_the_right_store(tmp_path: Path) -> None:
    assert changes_of(tmp_path) is None
    with pytest.raises(EventLogMissing, match=r"the database of catalogue changes .*nowhere\.db is not there"):
        changes_of(tmp_path, f"sqlite:///{tmp_path / 'nowhere.db'}")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "catalogue-changes.sqlite").write_bytes(b"not SQLite's " * 100)
    with pytest.raises(EventLogUnavailable, match=r"the database of catalogue changes .* is damaged"):
        changes_of(tmp_path)
