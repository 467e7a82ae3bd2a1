"""What is done to a store while it is hurt, and the states in which every hurt must leave it.

Knows nothing of how it is hurt.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from firstlight_store import FileSystem, SnapshotStore, StoreError
from tests.store.tiny_snapshot import leftovers, publish, quick_store, write

SHARE = 0.1
VERSIONS = 4

Ids = Mapping[int, str]
Act = Callable[[SnapshotStore, FileSystem, Ids], object]


@dataclass(frozen=True)
class State:
    """What a tenant serves, by the versions that the snapshots were made of."""

    current: int
    canary: int | None = None


@dataclass(frozen=True)
class Operation:
    """One change of a store.

    Attributes:
        name: for people.
        versions: the versions that lie on disk before.
        before: the state before.
        act: the change, done by a store through a file system.
        after: the state after.
        between: other states in which a fault in the middle may leave the store.
    """

    name: str
    versions: tuple[int, ...]
    before: State
    act: Act
    after: State
    between: tuple[State, ...] = ()

    def prepare(self, root: Path, ids: Ids) -> None:
        """Make the state before."""
        store = quick_store(root)
        for version in self.versions:
            publish(store, version)
        if self.before.canary is not None:
            store.set_canary(ids[self.before.canary], SHARE)

    def fault_in(self, root: Path, ids: Ids) -> str | None:
        """What is wrong with a store that was hurt in this operation, also once it was done again; None if nothing."""
        try:
            hurt = _state(root, ids)
            if hurt not in (self.before, self.after, *self.between):
                return f"{self.name}: left {hurt}"
            if hurt != self.after:
                self.act(quick_store(root), FileSystem(), ids)
            mended = _state(root, ids)
            quick_store(root).collect(keep=VERSIONS)  # clears what the dead one left
        except (StoreError, OSError) as error:
            return f"{self.name}: {type(error).__name__}: {error}"
        if mended != self.after:
            return f"{self.name}: left {hurt}, and done again {mended}"
        left = leftovers(root / "default")
        return f"{self.name}: nobody cleared {left}" if left else None


OPERATIONS = (
    Operation("set a canary", (1, 0), State(0), lambda store, _, ids: store.set_canary(ids[1], SHARE), State(0, 1)),
    Operation(
        "promote a canary", (1, 0), State(0, 1), lambda store, _, ids: store.activate(ids[1]), State(1), (State(0),)
    ),
    Operation("roll back", (1, 0), State(0), lambda store, _, __: store.rollback(), State(1)),
    Operation("collect", (3, 2, 1, 0), State(0, 3), lambda store, _, __: store.collect(keep=0), State(0, 3)),
    Operation("publish", (0,), State(0), lambda store, files, _: publish(store, 1, filesystem=files), State(1)),
)


def version_ids(directory: Path) -> Ids:
    """The id of each version's snapshot, which follows from its content; written once into ``directory``."""
    store = quick_store(directory)
    return {version: write(store, version) for version in range(VERSIONS)}


def _state(root: Path, ids: Ids) -> State:
    """What is served, each part of it opened, and so verified."""
    versions = {snapshot_id: version for version, snapshot_id in ids.items()}
    store = quick_store(root)
    canary = store.canary()
    if canary is not None:
        store.open(canary.snapshot_id).close()
    with store.open() as snapshot:
        return State(versions[snapshot.id], None if canary is None else versions[canary.snapshot_id])
