"""The files of a published snapshot, copied for another one. Knows nothing of what is changed in them."""

import shutil
from pathlib import Path

from firstlight_store import Snapshot, SnapshotStore


def copy_files(snapshot: Snapshot, folder: Path, *, without: tuple[str, ...] = ()) -> None:
    """Copies the files of ``snapshot`` into ``folder``, but not those whose names begin with one of ``without``."""
    for name in snapshot.manifest.files:
        if not name.startswith(without):
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(snapshot.path(name), target)


def publish_again(snapshot: Snapshot, *, data_dir: Path, tenant: str) -> str:
    """Publishes the same under another id below ``data_dir``, makes it current if nothing is, and returns its id."""
    store = SnapshotStore(data_dir, tenant)
    with store.write() as writer:
        copy_files(snapshot, writer.path)
        with writer.commit(snapshot.manifest.facts) as published:
            if not (data_dir / tenant / "CURRENT").exists():
                store.activate(published.id)
            return published.id
