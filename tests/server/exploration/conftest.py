"""Experiments on disk, and a snapshot with new items to explore."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from firstlight_server.loaded_snapshot import LoadedSnapshot, Loading, load
from firstlight_store import SnapshotStore
from firstlight_store.event_log import EventLog
from tests.made_once import made_once
from tests.server.tiny_snapshot import TinySnapshot

WITH_NEW = TinySnapshot(items=120, available=1.0, new=20)


@pytest.fixture(scope="session")
def published_with_new(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with a snapshot that holds new items; never changed."""
    return made_once(tmp_path_factory, "with-new", WITH_NEW.publish)


@pytest.fixture(scope="session")
def with_new(published_with_new: Path) -> Iterator[LoadedSnapshot]:
    """That snapshot in memory, ready to explore."""
    loading = Loading(min_recall=0.95, text_cache_entries=100, explores=True)
    one = load(SnapshotStore(published_with_new).open(), loading)
    yield one
    one.close()


@pytest.fixture
def log(tmp_path: Path) -> Iterator[EventLog]:
    """A real event log."""
    one = EventLog(f"sqlite:///{tmp_path / 'events.db'}")
    yield one
    one.close()


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str], Path]:
    """Writes a file of experiments."""

    def write(text: str) -> Path:
        file = tmp_path / "experiments.toml"
        file.write_text(text, encoding="utf-8")
        return file

    return write
