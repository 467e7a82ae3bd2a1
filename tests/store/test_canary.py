"""CANARY: which snapshot answers a share of users, as durable as CURRENT, and never in its way."""

import errno
import random
import shutil
from pathlib import Path

import pytest

from firstlight_store import (
    Canary,
    CanaryIsCurrent,
    DurabilityLost,
    FileMissing,
    ManifestInvalid,
    SnapshotNotFound,
    SnapshotRefused,
    SnapshotStore,
)
from tests.store.faulty_filesystem import JournallingFileSystem, cut_power, failing_at
from tests.store.tiny_snapshot import leftovers, publish, quick_store, until_unhurt, write


@pytest.fixture
def store(tmp_path: Path) -> SnapshotStore:
    return quick_store(tmp_path)


@pytest.fixture
def current(store: SnapshotStore) -> str:
    return publish(store, 0)


@pytest.fixture
def other(store: SnapshotStore, current: str) -> str:
    return write(store, 1)


def test_there_is_no_canary_at_first(store: SnapshotStore, current: str) -> None:
    assert store.canary() is None
    store.clear_canary()
    assert store.canary() is None


def test_a_canary_is_set_changed_and_cleared_beside_current(store: SnapshotStore, current: str, other: str) -> None:
    for share in (0.05, 0.000001, 1.0):
        store.set_canary(other, share)
        assert store.canary() == Canary(other, share)
    store.clear_canary()
    assert store.canary() is None
    assert store.current_id() == current


@pytest.mark.parametrize("share", [0.0, -0.1, 1.01, 1e-7, float("nan"), float("inf")])
def test_a_share_that_is_no_part_of_users_is_refused(store: SnapshotStore, other: str, share: float) -> None:
    with pytest.raises(ValueError, match="share is"):
        store.set_canary(other, share)
    assert store.canary() is None


def test_what_everybody_is_answered_by_cannot_be_the_canary(store: SnapshotStore, current: str) -> None:
    with pytest.raises(CanaryIsCurrent, match=f"{current} is CURRENT"):
        store.set_canary(current, 0.5)


def test_a_snapshot_that_is_absent_or_damaged_cannot_be_the_canary(
    store: SnapshotStore, other: str, tmp_path: Path
) -> None:
    with pytest.raises(SnapshotNotFound):
        store.set_canary("s-0123456789ab", 0.5)
    (tmp_path / "default" / other / "index.faiss").unlink()
    with pytest.raises(SnapshotRefused):
        store.set_canary(other, 0.5)
    assert store.canary() is None


def test_promoting_the_canary_clears_it(store: SnapshotStore, current: str, other: str) -> None:
    store.set_canary(other, 0.1)
    store.activate(other)
    assert (store.current_id(), store.canary()) == (other, None)
    assert store.rollback() == current


def test_rolling_back_to_the_canary_clears_it(store: SnapshotStore, current: str, other: str) -> None:
    store.activate(other)
    store.set_canary(current, 0.1)
    assert store.rollback() == current
    assert store.canary() is None


def test_another_activation_leaves_the_canary(store: SnapshotStore, other: str) -> None:
    store.set_canary(other, 0.1)
    publish(store, 2)
    assert store.canary() == Canary(other, 0.1)


def test_collecting_spares_the_canary(store: SnapshotStore, current: str, other: str) -> None:
    store.set_canary(other, 0.1)
    newest = [publish(store, version) for version in (2, 3, 4)]
    assert store.collect(keep=0) == tuple(sorted([current, newest[0]]))
    store.clear_canary()
    assert store.collect(keep=0) == (other,)


@pytest.mark.parametrize(
    "line", ["", "s-123 0.5", "s-0123456789ab", "s-0123456789ab 0.5", "s-0123456789ab 1.500000", "none\n\n", "\xff"]
)
def test_a_damaged_line_is_refused_and_repaired_by_setting_again(
    store: SnapshotStore, other: str, tmp_path: Path, line: str
) -> None:
    (tmp_path / "default" / "CANARY").write_text(line, encoding="latin-1")
    with pytest.raises(ManifestInvalid, match="not a snapshot id and a share"):
        store.canary()
    publish(store, 2)
    store.set_canary(other, 0.25)
    assert store.canary() == Canary(other, 0.25)


def test_an_open_snapshot_is_activated_without_reading_it_again(
    store: SnapshotStore, other: str, tmp_path: Path
) -> None:
    with store.open(other) as opened:
        path = tmp_path / "default" / other / "index.faiss"
        path.chmod(0o644)
        path.write_bytes(path.read_bytes()[::-1])  # what only the checksum would see
        store.activate(opened)
        assert store.current_id() == other


@pytest.mark.parametrize("damage", ["gone", "a file gone", "a file shorter", "another snapshot in its place"])
def test_an_open_snapshot_that_no_longer_lies_there_is_not_activated(
    store: SnapshotStore, current: str, other: str, tmp_path: Path, damage: str
) -> None:
    directory = tmp_path / "default" / other
    with store.open(other) as opened:
        if damage == "gone":
            shutil.rmtree(directory)
        elif damage == "a file gone":
            (directory / "index.faiss").unlink()
        elif damage == "a file shorter":
            (directory / "index.faiss").chmod(0o644)
            (directory / "index.faiss").write_bytes(b"")
        else:
            shutil.rmtree(directory)
            shutil.copytree(tmp_path / "default" / current, directory)
        with pytest.raises(SnapshotRefused):
            store.activate(opened)
    assert store.current_id() == current


def test_another_tenants_open_snapshot_is_not_activated(store: SnapshotStore, other: str, tmp_path: Path) -> None:
    theirs = quick_store(tmp_path, "theirs")
    publish(theirs, 5)
    with store.open(other) as opened, pytest.raises(FileMissing):
        theirs.activate(opened)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO], ids=["a full disk", "a broken disk"])
def test_a_failure_at_any_step_leaves_the_old_or_the_new_canary(
    store: SnapshotStore, current: str, other: str, tmp_path: Path, code: int
) -> None:
    before, after = Canary(other, 0.1), Canary(other, 0.2)

    def attempt(step: int) -> bool:
        store.set_canary(other, 0.1)
        try:
            quick_store(tmp_path, filesystem=failing_at(step, code=code)).set_canary(other, 0.2)
        except (OSError, DurabilityLost):
            assert store.canary() in (before, after)
            store.set_canary(other, 0.2)
            assert store.canary() == after
            assert leftovers(tmp_path / "default") == []
            return False
        return True

    assert until_unhurt(attempt) == 4
    assert store.current_id() == current


def test_a_power_cut_after_the_call_returned_takes_no_canary_back(tmp_path: Path) -> None:
    current = publish(quick_store(tmp_path / "base"), 0)
    other = write(quick_store(tmp_path / "base"), 1)
    filesystem = JournallingFileSystem(-1, tmp_path / "journal")
    quick_store(tmp_path / "base", filesystem=filesystem).set_canary(other, 0.1)
    for seed in range(20):
        root = Path(shutil.copytree(tmp_path / "base", tmp_path / str(seed)))
        cut_power(
            tmp_path / "journal",
            random.Random(seed),
            moved=lambda path, root=root: root / Path(path).relative_to(tmp_path / "base"),  # type: ignore[misc]
        )
        assert quick_store(root).canary() == Canary(other, 0.1)
        assert quick_store(root).current_id() == current
