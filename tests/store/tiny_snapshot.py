"""A snapshot of a few hundred bytes. Parquet and FAISS files are deliberately not what they claim to be: nothing that
only stores and verifies may parse them.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from firstlight_store import FileSystem, SnapshotFacts, SnapshotStore, write_vectors
from firstlight_store.manifest import JsonScalar
from tests.store.faulty_filesystem import UnsyncedFileSystem

ITEMS, LABELS, DIMENSION = 6, 2, 5
INDEX_FACTS: dict[str, JsonScalar] = {
    "kind": "Flat",
    "rows": ITEMS,
    "dimension": DIMENSION,
    "nprobe": 1,
    "overfetch": 4,
}


def utc_now() -> datetime:
    """The present time."""
    return datetime.now(UTC)


def quick_store(
    root: Path,
    tenant: str = "default",
    *,
    filesystem: FileSystem | None = None,
    clock: Callable[[], datetime] = utc_now,
) -> SnapshotStore:
    """A store that does not wait for the disk, unless another file system is given."""
    return SnapshotStore(root, tenant, filesystem=filesystem or UnsyncedFileSystem(), clock=clock)


def facts(**changes: object) -> SnapshotFacts:
    """Facts that fit the files of `content`, but for `changes`."""
    values: dict[str, object] = {
        "domain": "toys",
        "encoder_fingerprint": "encoder-a",
        "space_fingerprint": "space-a",
        "dimension": DIMENSION,
        "item_count": ITEMS,
        "label_count": LABELS,
        "index": INDEX_FACTS,
        "inputs_fingerprint": "inputs-a",
    }
    return SnapshotFacts(**(values | changes))  # type: ignore[arg-type]


def content(version: int = 0) -> dict[str, bytes]:
    """The files of one snapshot; another version differs in one of them."""
    return {
        "items.parquet": f"not really Parquet, version {version}".encode(),
        "labels.parquet": b"not really Parquet",
        "index.faiss": b"not really FAISS",
        "vectors.safetensors": matrix("items", rows=ITEMS, columns=DIMENSION),
        "labels.safetensors": matrix("labels", rows=LABELS, columns=DIMENSION - 1),
        "space/space.json": b"{}",
    }


@cache
def matrix(name: str, *, rows: int, columns: int) -> bytes:
    """A safetensors file of ones, stamped with the fingerprints of `facts`."""
    with TemporaryDirectory() as directory:
        path = Path(directory) / name
        ones = np.ones((rows, columns), dtype=np.float32)
        write_vectors(path, ones, name=name, encoder_fingerprint="encoder-a", space_fingerprint="space-a")
        return path.read_bytes()


def fill(directory: Path, version: int = 0, *, filesystem: FileSystem | None = None) -> None:
    """Write `content` into `directory` through `filesystem`."""
    filesystem = filesystem or FileSystem()
    filesystem.make_directory(directory / "space")
    for name, data in content(version).items():
        filesystem.write_bytes(directory / name, data)


def publish(store: SnapshotStore, version: int = 0, *, filesystem: FileSystem | None = None) -> str:
    """Write and activate a version, and return its id."""
    snapshot_id = write(store, version, filesystem=filesystem)
    store.activate(snapshot_id)
    return snapshot_id


def write(store: SnapshotStore, version: int = 0, *, filesystem: FileSystem | None = None) -> str:
    """Write a version without activating it, and return its id."""
    with store.write() as writer:
        fill(writer.path, version, filesystem=filesystem)
        with writer.commit(facts()) as snapshot:
            return snapshot.id


def leftovers(tenant: Path) -> list[str]:
    """The names of unfinished work in a tenant's directory."""
    return sorted(path.name for path in tenant.iterdir() if path.name.startswith(".") and path.name != ".lock")


def files_of(directory: Path) -> Iterator[Path]:
    """Every file under `directory`, sorted."""
    return (path for path in sorted(directory.rglob("*")) if path.is_file())


def until_unhurt(attempt: Callable[[int], bool], *, most: int = 500) -> int:
    """Call `attempt` with 0, 1, 2 ... until it returns True, and return that number: how many steps there are."""
    for step in range(most):
        if attempt(step):
            return step
    raise AssertionError(f"still hurt after {most} steps")
