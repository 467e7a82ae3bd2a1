"""A made-up catalogue is a sound snapshot that a server takes, as large as it was asked for."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.copied import publish_again
from benchmarks.made_up_snapshot import publish_made_up
from firstlight_server.loaded_snapshot import Loading, load
from firstlight_store import SnapshotStore
from tests.made_once import made_once
from tests.server.tiny_snapshot import TWO_STAGES

COUNT = 1_500


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_once(tmp_path_factory, "two-stages", TWO_STAGES.publish)


def test_it_holds_as_many_items_and_answers(real: Path, tmp_path: Path) -> None:
    with SnapshotStore(real, "default").open(None) as snapshot:
        queries = np.asarray(snapshot.items_vectors())[:20].copy()
        made = publish_made_up(snapshot, queries, count=COUNT, data_dir=tmp_path, tenant="default")
    with SnapshotStore(tmp_path, "default").open(None) as snapshot:
        assert snapshot.id == made
        assert not snapshot.has("second_stage")
        assert snapshot.items().count == COUNT == len(snapshot.items_vectors())
        assert snapshot.items().row("1499") == COUNT - 1
        assert np.exp(snapshot.items().log_priors.astype(np.float64)).sum() == pytest.approx(1, abs=1e-3)
        load(snapshot, Loading(min_recall=0.9))


def test_a_snapshot_published_again_is_another_of_the_same_files(real: Path, tmp_path: Path) -> None:
    with SnapshotStore(real, "default").open(None) as snapshot:
        ids = [publish_again(snapshot, inputs=name, data_dir=tmp_path, tenant="default") for name in "ab"]
        files = snapshot.manifest.files
    assert len(set(ids)) == 2
    store = SnapshotStore(tmp_path, "default")
    assert store.current_id() == ids[0]
    for one in ids:
        with store.open(one) as again:
            assert again.manifest.files == files
