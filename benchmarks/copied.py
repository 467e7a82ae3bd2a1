"""The files of a published snapshot, copied for another one. Knows nothing of what is changed in them."""

import shutil
from dataclasses import replace
from pathlib import Path

from firstlight_store import Snapshot, SnapshotStore


def copy_files(snapshot: Snapshot, folder: Path, *, without: tuple[str, ...] = ()) -> None:
    """Copies the files of ``snapshot`` into ``folder``, but not those whose names begin with one of ``without``."""
    for name in snapshot.manifest.files:
        if not name.startswith(without):
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(snapshot.path(name), target)


def publish_again(snapshot: Snapshot, *, inputs: str, data_dir: Path, tenant: str) -> str:
    """Publishes the same as of other ``inputs``, which gives it another id, and makes it current if nothing is.

    Args:
        snapshot: what is copied.
        inputs: the fingerprint that the inputs are said to have.
        data_dir: where it is published.
        tenant: for whom.

    Returns:
        Its id.
    """
    store = SnapshotStore(data_dir, tenant)
    with store.write() as writer:
        copy_files(snapshot, writer.path)
        with writer.commit(replace(snapshot.manifest.facts, inputs_fingerprint=inputs)) as published:
            if not (data_dir / tenant / "CURRENT").exists():
                store.activate(published.id)
            return published.id
