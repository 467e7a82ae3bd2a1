"""Where a rollback leads: back through HISTORY, or to the parent that the manifest names. It moves nothing."""

from dataclasses import dataclass
from pathlib import Path

from firstlight_store.errors import SnapshotRefused
from firstlight_store.names import is_snapshot_id
from firstlight_store.verification import read_manifest


@dataclass(frozen=True)
class RollbackTarget:
    """The snapshot to serve again, and what will then have come before it."""

    snapshot_id: str
    earlier: tuple[str, ...]


def rollback_target(directory: Path, *, current: str | None, earlier: list[str]) -> RollbackTarget | None:
    """Return the last of `earlier` that is not `current` and still lies in `directory`, else the parent, else None."""
    for place in range(len(earlier) - 1, -1, -1):
        candidate = earlier[place]
        if candidate != current and (directory / candidate).is_dir():
            return RollbackTarget(candidate, tuple(earlier[:place]))
    parent = None if current is None else _parent(directory / current)
    if parent is None or not (directory / parent).is_dir():
        return None
    return RollbackTarget(parent, ())


def _parent(snapshot: Path) -> str | None:
    try:
        parent = read_manifest(snapshot).parent_id
    except SnapshotRefused:
        return None
    return parent if parent is not None and is_snapshot_id(parent) and parent != snapshot.name else None
