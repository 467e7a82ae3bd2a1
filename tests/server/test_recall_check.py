"""The recall gate in front of the swap: an index that misses what exact search finds never answers."""

import json
from pathlib import Path

import pytest

from firstlight_server.errors import SnapshotRefusedError
from firstlight_server.loaded_snapshot import LoadedSnapshot, Loading, load
from firstlight_store import IndexSettings, SnapshotStore
from tests.server.running import running
from tests.server.tiny_snapshot import TinySnapshot

# One list of many is probed and nothing fetched beyond it, so that most neighbours are missed.
POOR = IndexSettings(kind="ivf_sq8", lists=64, overfetch=1, most_overfetch=1, recall_target=0.0, recall_floor=0.0)


@pytest.fixture(scope="module")
def poor(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data_dir = tmp_path_factory.mktemp("poor")
    TinySnapshot(items=2_000, index=POOR).publish(data_dir)
    return data_dir


def loaded(data_dir: Path, min_recall: float) -> LoadedSnapshot:
    with SnapshotStore(data_dir).open() as snapshot:
        return load(snapshot, Loading(min_recall=min_recall))


def test_an_index_that_misses_answers_is_refused_with_the_figure_and_the_way_out(poor: Path) -> None:
    with pytest.raises(SnapshotRefusedError, match=r"finds 0\.\d+ of the exact answers.*min_recall is 0\.95") as caught:
        loaded(poor, 0.95)
    assert caught.value.reason == "recall"


def test_the_estimate_is_kept_and_the_same_at_every_load(poor: Path, published: Path) -> None:
    assert 0.0 < loaded(poor, 0.0).recall == loaded(poor, 0.0).recall < 0.9
    assert loaded(published, 1.0).recall == 1.0


async def test_a_poor_index_is_refused_beside_a_live_one_unless_the_setting_admits_it(
    poor: Path, tmp_path: Path
) -> None:
    good = TinySnapshot().publish(tmp_path)
    async with running(tmp_path) as server:
        bad = TinySnapshot(items=2_000, index=POOR).publish(tmp_path)

        async def refused() -> bool:
            return server.server.tenants.find("").refusals == {"recall": 1}

        await server.until(refused)
        assert server.server.tenants.find("").live_id == good
    async with running(tmp_path, min_recall=0.0) as server:
        assert server.server.tenants.find("").live_id == bad
        (line,) = [json.loads(one) for one in server.log.getvalue().splitlines() if "snapshot activated" in one]
        assert line["recall"] == round(server.server.tenants.find("").live.recall, 4)


def test_a_stored_vector_that_is_not_finite_is_refused(tmp_path: Path) -> None:
    TinySnapshot(not_a_number=True).publish(tmp_path)
    with pytest.raises(SnapshotRefusedError, match="NaN or infinity"):
        loaded(tmp_path, 0.0)
