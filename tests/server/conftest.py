"""A real server on a free port over real snapshots; nothing is mocked."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from firstlight_server.loaded_snapshot import LoadedSnapshot, Loading, load
from firstlight_store import SnapshotStore
from tests.made_once import made_once
from tests.server.running import Running, running
from tests.server.tiny_snapshot import TWO_STAGES, TinySnapshot


@pytest.fixture(scope="session")
def repository() -> Path:
    return Path(__file__).parents[2]


@pytest.fixture(scope="session")
def tiny() -> TinySnapshot:
    """The snapshot that most tests ask."""
    return TinySnapshot()


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory, tiny: TinySnapshot) -> Path:
    """A data directory with that snapshot as the default tenant's; never changed."""
    data_dir = tmp_path_factory.mktemp("data")
    tiny.publish(data_dir)
    return data_dir


@pytest.fixture(scope="session")
def loaded(published: Path) -> Iterator[LoadedSnapshot]:
    """The same snapshot in memory, without a server."""
    one = load(SnapshotStore(published).open(), Loading(min_recall=0.95, text_cache_entries=100))
    yield one
    one.close()


@pytest.fixture(scope="session")
def published_two_stages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with a larger snapshot whose shortlists trees rank; every item is available. Never changed."""
    return made_once(tmp_path_factory, "two-stages", TWO_STAGES.publish)


@pytest.fixture(scope="session")
def two_stages(published_two_stages: Path) -> Iterator[LoadedSnapshot]:
    """That snapshot in memory, without a server."""
    one = load(SnapshotStore(published_two_stages).open(), Loading(min_recall=0.95, text_cache_entries=100))
    yield one
    one.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def server(published: Path) -> AsyncIterator[Running]:
    """One server over that snapshot, for all tests that only ask."""
    async with running(published) as one:
        yield one
