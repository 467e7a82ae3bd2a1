"""An event log on either database: every test that takes `log` or `url` holds for both."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from firstlight_store.event_log import EventLog
from tests.postgresql import PostgreSQL, PostgreSQLMissing, postgresql


@pytest.fixture(scope="session")
def server() -> Iterator[PostgreSQL]:
    try:
        with postgresql() as running:
            yield running
    except PostgreSQLMissing as missing:
        pytest.skip(str(missing))


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'events.db'}"
    running: PostgreSQL = request.getfixturevalue("server")
    return running.schema()


@pytest.fixture
def open_log(url: str) -> Iterator[Callable[[], EventLog]]:
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
