from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from firstlight_store import (
    CurrentMoved,
    FileMissing,
    FileUnsafe,
    FingerprintMismatch,
    InvalidNameError,
    NothingToRollBack,
    SnapshotNotFound,
    SnapshotRefused,
    SnapshotStore,
    TenantNotFound,
    WriterClosed,
    tenants,
)
from tests.store.tiny_snapshot import facts, fill, leftovers, publish, quick_store, write


class Clock:
    """Each call is an hour later."""

    def __init__(self) -> None:
        self._now = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        self._now += timedelta(hours=1)
        return self._now


@pytest.fixture
def store(tmp_path: Path) -> SnapshotStore:
    return quick_store(tmp_path, clock=Clock())


def test_a_snapshot_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    store = SnapshotStore(tmp_path)
    snapshot_id = publish(store)
    with store.open() as snapshot:
        assert snapshot.id == snapshot_id
        assert snapshot.manifest.facts == facts()
        assert snapshot.items_vectors().shape == (6, 5)
        assert snapshot.label_vectors().shape == (2, 4)
        assert snapshot.path("space") == tmp_path / "default" / snapshot_id / "space"
        assert not snapshot.has("text")
        with pytest.raises(FileMissing, match="holds no 'text'"):
            snapshot.path("text")


def test_mapped_vectors_cannot_be_written_to(store: SnapshotStore) -> None:
    publish(store)
    with store.open() as snapshot, pytest.raises(ValueError, match="read-only"):
        snapshot.items_vectors()[0, 0] = 1.0


def test_the_same_content_yields_the_same_snapshot_once(store: SnapshotStore) -> None:
    first, again = write(store), write(store)
    assert first == again
    assert [manifest.snapshot_id for manifest in store.list()] == [first]
    assert leftovers(Path(store.open(first).path("space")).parents[1]) == []


def test_other_content_or_other_facts_yield_another_snapshot(store: SnapshotStore) -> None:
    with store.write() as writer:
        fill(writer.path)
        other_facts = writer.commit(facts(inputs_fingerprint="inputs-b")).id
    assert len({write(store, 0), write(store, 1), other_facts}) == 3


def test_the_parent_is_what_was_current(store: SnapshotStore) -> None:
    first = publish(store, 0)
    second = publish(store, 1)
    assert {m.snapshot_id: m.parent_id for m in store.list()} == {first: None, second: first}


def test_a_committed_snapshot_is_not_served_before_it_is_activated(store: SnapshotStore) -> None:
    write(store)
    assert store.current_id() is None
    with pytest.raises(SnapshotNotFound, match="no current snapshot"):
        store.open()


def test_leaving_the_writer_without_commit_leaves_no_trace(store: SnapshotStore, tmp_path: Path) -> None:
    with store.write() as writer:
        fill(writer.path)
    assert store.list() == []
    assert leftovers(tmp_path / "default") == []


def test_a_writer_commits_once(store: SnapshotStore) -> None:
    with store.write() as writer:
        fill(writer.path)
        writer.commit(facts()).close()
        with pytest.raises(WriterClosed):
            writer.commit(facts())
    with pytest.raises(WriterClosed):
        _ = store.write().path


def test_a_living_writer_is_not_taken_for_a_leftover(store: SnapshotStore) -> None:
    with store.write() as slow:
        fill(slow.path, 0)
        publish(store, 1)
        store.collect(keep=0)
        with slow.commit(facts()) as snapshot:
            assert snapshot.manifest.files


def test_the_newest_snapshot_is_listed_first(store: SnapshotStore) -> None:
    written = [write(store, version) for version in range(3)]
    assert [manifest.snapshot_id for manifest in store.list()] == written[::-1]


def test_a_damaged_manifest_is_listed_apart(store: SnapshotStore, tmp_path: Path) -> None:
    sound, damaged = write(store, 0), write(store, 1)
    (tmp_path / "default" / damaged / "manifest.json").unlink()
    assert [manifest.snapshot_id for manifest in store.list()] == [sound]
    assert {name: error.reason for name, error in store.damaged().items()} == {damaged: "manifest"}


def test_rollback_goes_back_step_by_step_to_what_was_served(store: SnapshotStore) -> None:
    first, second, third = (publish(store, version) for version in range(3))
    assert (store.current_id(), store.rollback(), store.rollback()) == (third, second, first)
    with pytest.raises(NothingToRollBack):
        store.rollback()
    assert store.current_id() == first


def test_rollback_returns_to_what_was_served_though_it_is_not_the_parent(store: SnapshotStore) -> None:
    old = publish(store, 0)
    new = publish(store, 1)
    publish(store, 0)
    assert store.rollback() == new
    assert store.rollback() == old


def test_rollback_falls_back_to_the_parent_where_history_is_lost(store: SnapshotStore, tmp_path: Path) -> None:
    first = publish(store, 0)
    publish(store, 1)
    (tmp_path / "default" / "HISTORY").unlink()
    assert store.rollback() == first


def test_rollback_to_a_damaged_snapshot_is_refused_and_changes_nothing(store: SnapshotStore, tmp_path: Path) -> None:
    first, second = publish(store, 0), publish(store, 1)
    (tmp_path / "default" / first / "index.faiss").unlink()
    with pytest.raises(SnapshotRefused):
        store.rollback()
    assert store.current_id() == second


def test_activating_what_is_current_changes_nothing(store: SnapshotStore) -> None:
    first = publish(store, 0)
    second = publish(store, 1)
    store.activate(second)
    assert store.rollback() == first


def test_activating_a_damaged_or_unknown_snapshot_is_refused(store: SnapshotStore, tmp_path: Path) -> None:
    current, damaged = publish(store, 0), write(store, 1)
    (tmp_path / "default" / damaged / "index.faiss").unlink()
    with pytest.raises(SnapshotRefused):
        store.activate(damaged)
    with pytest.raises(SnapshotNotFound):
        store.activate("s-0123456789ab")
    assert store.current_id() == current


def test_of_two_publishers_who_replace_the_same_snapshot_one_is_told(store: SnapshotStore) -> None:
    base, mine, theirs = publish(store, 0), write(store, 1), write(store, 2)
    store.activate(theirs, replacing=base)
    with pytest.raises(CurrentMoved, match=f"CURRENT is {theirs}, not {base}"):
        store.activate(mine, replacing=base)


def test_collecting_keeps_the_newest_the_current_and_the_way_back(store: SnapshotStore) -> None:
    ids = [publish(store, version) for version in range(5)]
    store.activate(ids[0])
    assert store.collect(keep=1) == tuple(sorted(ids[1:4]))
    assert {manifest.snapshot_id for manifest in store.list()} == {ids[0], ids[4]}
    assert store.rollback() == ids[4]


def test_collecting_spares_what_a_reader_holds_until_it_lets_go(store: SnapshotStore) -> None:
    ids = [publish(store, version) for version in range(4)]
    held = store.open(ids[0])
    assert store.collect(keep=0) == (ids[1],)
    held.close()
    assert store.collect(keep=0) == (ids[0],)


def test_arrays_outlive_their_collected_snapshot(store: SnapshotStore) -> None:
    ids = [publish(store, version) for version in range(3)]
    with store.open(ids[0]) as snapshot:
        rows = snapshot.items_vectors()
    assert ids[0] in store.collect(keep=0)
    assert float(rows.sum()) == 30.0


def test_collecting_a_negative_number_is_refused(store: SnapshotStore) -> None:
    publish(store)
    with pytest.raises(ValueError, match="keep is -1"):
        store.collect(keep=-1)


def test_a_model_of_another_build_is_refused_with_both_names(store: SnapshotStore) -> None:
    publish(store)
    with store.open() as snapshot:
        snapshot.require_fingerprints(encoder="encoder-a", space="space-a")
        with pytest.raises(FingerprintMismatch, match=r"built with encoder 'encoder-a' \(4-d\).*loaded 'encoder-b'"):
            snapshot.require_fingerprints(encoder="encoder-b")


def test_tenants_are_apart(tmp_path: Path) -> None:
    ours, theirs = quick_store(tmp_path, "ours"), quick_store(tmp_path, "theirs")
    snapshot_id = publish(ours)
    with pytest.raises(TenantNotFound, match="no tenant 'theirs'"):
        theirs.open(snapshot_id)
    write(theirs, 1)
    with pytest.raises(SnapshotNotFound):
        theirs.open(snapshot_id)
    (tmp_path / "linked").symlink_to(tmp_path / "ours")
    assert tenants(tmp_path) == ["ours", "theirs"]
    with pytest.raises(FileUnsafe, match="symbolic link"):
        quick_store(tmp_path, "linked").open()


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "../x", "A", "-x", "x" * 64, "a\x00", "ä", "a\n"])
def test_a_tenant_name_that_could_leave_the_root_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidNameError):
        quick_store(tmp_path, name)


@pytest.mark.parametrize("name", ["", "..", "s-123", "s-0123456789ab/..", "s-0123456789aB", "s-0123456789ab\n"])
def test_a_snapshot_id_that_could_leave_the_tenant_is_refused(store: SnapshotStore, name: str) -> None:
    publish(store)
    with pytest.raises((InvalidNameError, SnapshotNotFound)):
        store.activate(name)


def test_no_root_holds_no_tenants(tmp_path: Path) -> None:
    assert tenants(tmp_path / "absent") == []


def test_what_is_held_was_looked_at_by_name_and_size_alone(store: SnapshotStore) -> None:
    snapshot_id = publish(store)
    path = store.root / "default" / snapshot_id / "index.faiss"
    content = path.read_bytes()
    path.chmod(0o644)
    path.write_bytes(content[::-1])
    with store.hold(snapshot_id) as held:
        assert held.id == snapshot_id
        assert store.collect(keep=0) == ()
    with pytest.raises(SnapshotRefused, match=r"index\.faiss has SHA-256"):
        store.open(snapshot_id)
    path.write_bytes(content[:-1])
    with pytest.raises(SnapshotRefused, match=r"index\.faiss has \d+ bytes"):
        store.hold(snapshot_id)
    with pytest.raises(SnapshotNotFound, match="holds no complete snapshot s-000000000000"):
        store.hold("s-000000000000")
