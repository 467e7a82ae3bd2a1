"""`firstlight-indexer snapshots`: which snapshots answer, changed on the disk that every server reads."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from firstlight_indexer.cli import app
from firstlight_store import Canary, CanaryIsCurrent, SnapshotStore
from tests.store.tiny_snapshot import publish, quick_store, write


@pytest.fixture
def store(tmp_path: Path) -> SnapshotStore:
    return quick_store(tmp_path)


def run(tmp_path: Path, *words: str) -> str:
    done = CliRunner().invoke(
        app, ["snapshots", *words, "--data-dir", str(tmp_path)], env={"COLUMNS": "200"}, catch_exceptions=False
    )
    assert done.exit_code == 0, done.output
    return done.output


def test_a_canary_is_set_shown_promoted_and_cleared(store: SnapshotStore, tmp_path: Path) -> None:
    current, other = publish(store, 0), write(store, 1)
    assert run(tmp_path, "canary", other, "--share", "0.05") == f"canary: {other} for 5% of users\n"
    assert store.canary() == Canary(other, 0.05)
    marks = {line.split("│")[2].strip(): line.split("│")[1].strip() for line in run(tmp_path, "list").splitlines()[4:6]}
    assert marks == {current: "*", other: "5%"}
    assert run(tmp_path, "activate", other) == f"current: {other}\n"
    assert (store.current_id(), store.canary()) == (other, None)
    run(tmp_path, "canary", current)
    assert store.canary() == Canary(current, 0.01)
    assert run(tmp_path, "canary") == "no canary\n"
    assert store.canary() is None


def test_the_current_snapshot_cannot_be_the_canary(store: SnapshotStore, tmp_path: Path) -> None:
    current = publish(store, 0)
    with pytest.raises(CanaryIsCurrent):
        run(tmp_path, "canary", current)
