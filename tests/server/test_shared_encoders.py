"""Snapshots that carry the same text encoder share it for as long as anybody uses it; others do not."""

from pathlib import Path
from weakref import ref

from benchmarks.copied import publish_again
from firstlight_server.shared_encoders import SharedEncoders
from firstlight_store import SnapshotStore
from tests.server.tiny_snapshot import TinySnapshot


def test_the_same_files_are_loaded_once_and_other_files_apart(published: Path, tmp_path: Path) -> None:
    other = TinySnapshot(items=30).publish(tmp_path)
    encoders = SharedEncoders()
    with SnapshotStore(published).open() as one:
        twin = publish_again(one, inputs="another build", data_dir=tmp_path, tenant="default")
        first = encoders.load(one, "text")
    with SnapshotStore(tmp_path).open(twin) as again, SnapshotStore(tmp_path).open(other) as else_:
        assert encoders.load(again, "text") is first
        assert encoders.load(else_, "text") is not first
    gone = ref(first)
    del first
    assert gone() is None
