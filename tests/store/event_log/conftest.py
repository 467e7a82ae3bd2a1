"""An event log on either database: every test that takes `log`, `open_log` or `url` holds for both."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from firstlight_store.event_log import EventLog
from firstlight_store.event_log.schema import metadata
from tests.postgresql import PostgreSQL


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    kind: str = request.param
    return kind


@pytest.fixture
def url(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database."""
    if database == "sqlite":
        return f"sqlite:///{tmp_path / 'events.db'}"
    server: PostgreSQL = request.getfixturevalue("server")
    return server.schema()


@pytest.fixture(scope="session")
def sqlite_tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the tables: copied in a moment."""
    file = tmp_path_factory.mktemp("tables") / "events.db"
    EventLog(f"sqlite:///{file}").close()
    return file


@pytest.fixture(scope="session")
def postgresql_tables(server: PostgreSQL) -> str:
    """A schema with the tables: emptied in a moment."""
    url = server.schema()
    EventLog(url).close()
    return url


@pytest.fixture
def open_log(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], EventLog]]:
    """Opens the same log, empty at first, as often as it is called."""
    if database == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_tables"), tmp_path / "events.db")
        url = f"sqlite:///{tmp_path / 'events.db'}"
    else:
        url = str(request.getfixturevalue("postgresql_tables"))
        server: PostgreSQL = request.getfixturevalue("server")
        server.empty(url, [table.name for table in metadata.sorted_tables])
    opened: list[EventLog] = []

    def once_more() -> EventLog:
        opened.append(EventLog(url))
        return opened[-1]

    yield once_more
    for log in opened:
        log.close()


@pytest.fixture
def log(open_log: Callable[[], EventLog]) -> EventLog:
    return open_log()
