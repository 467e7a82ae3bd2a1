"""A pickle in any file of a snapshot, its checksums in order, is refused or read as data; nothing ever runs it."""

import pickle
from pathlib import Path

from firstlight_server.errors import SnapshotRefusedError
from firstlight_server.loaded_snapshot import Loading, load
from firstlight_store import SnapshotStore, StoreError
from tests.store.tiny_snapshot import files_of, quick_store

UNREAD = {"items.parquet"}
"""Servers map the columns beside it."""


class Trap:
    """Leaves a trace where it is unpickled."""

    def __init__(self, trace: Path) -> None:
        self._trace = trace

    def __reduce__(self) -> tuple[object, tuple[Path]]:
        return Path.touch, (self._trace,)


def refused(data_dir: Path) -> bool:
    try:
        with SnapshotStore(data_dir).open() as snapshot:
            load(snapshot, Loading(min_recall=0.0)).close()
    except (StoreError, SnapshotRefusedError):
        return True
    return False


def test_the_trap_would_leave_a_trace(tmp_path: Path) -> None:
    pickle.loads(pickle.dumps(Trap(tmp_path / "trace")))
    assert (tmp_path / "trace").exists()


def test_no_file_of_a_snapshot_is_ever_unpickled(published_two_stages: Path, tmp_path: Path) -> None:
    sound = published_two_stages
    with SnapshotStore(sound).open() as snapshot:
        directory = snapshot.path("space").parent
    for path in files_of(directory):
        if path.name == "manifest.json":
            continue
        forged = tmp_path / "forged" / path.relative_to(directory).as_posix().replace("/", "-")
        trap = pickle.dumps(Trap(tmp_path / "trace"))
        try:
            replaced(sound, forged, {path.relative_to(directory).as_posix(): trap})
        except StoreError:
            continue  # no writer takes it, so no snapshot can hold it
        assert refused(forged) is (path.name not in UNREAD), path
    assert not (tmp_path / "trace").exists()


def replaced(source: Path, target: Path, contents: dict[str, bytes]) -> None:
    """Publish a snapshot of the same files but for `contents`, with checksums that are right for all of them."""
    store = quick_store(target)
    with SnapshotStore(source).open() as sound, store.write() as writer:
        directory = sound.path("space").parent
        for path in files_of(directory):
            name = path.relative_to(directory).as_posix()
            if name != "manifest.json":
                (writer.path / name).parent.mkdir(exist_ok=True)
                (writer.path / name).write_bytes(contents.get(name, path.read_bytes()))
        with writer.commit(sound.manifest.facts) as snapshot:
            store.activate(snapshot)
