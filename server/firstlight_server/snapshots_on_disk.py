"""One tenant's snapshots on disk, as the server sees them: every fault is a refusal with its reason, or a plain value.

Blocking: run it on a thread. Knows nothing of which snapshots are loaded, nor of the event loop.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from firstlight_server.errors import SnapshotRefusedError
from firstlight_server.inspection.inspector import Inspector
from firstlight_server.loaded_snapshot import LoadedSnapshot, Loading, load
from firstlight_store import (
    Canary,
    DurabilityLost,
    Manifest,
    SnapshotNotFound,
    SnapshotRefused,
    SnapshotStore,
    StoreError,
    TenantNotFound,
)

_Result = TypeVar("_Result")


@dataclass(frozen=True)
class Pointers:
    """What the tenant's pointer files say; a damaged one is the refusal it became.

    Attributes:
        current: the id of what should answer; None where nothing was activated yet.
        canary: what should answer a share of users; None for nothing.
    """

    current: str | SnapshotRefusedError | None
    canary: Canary | SnapshotRefusedError | None


class SnapshotsOnDisk:
    """Reads, loads and moves. Safe across threads and processes."""

    def __init__(
        self, store: SnapshotStore, loading: Loading, *, keep_snapshots: int, inspector: Inspector | None = None
    ) -> None:
        """Takes the tenant's ``store``, how snapshots are loaded, and how many of the newest are left on disk.

        0 deletes none. Without an ``inspector`` all that is to be looked at is looked at here.
        """
        self._store = store
        self._loading = loading
        self._inspector = inspector
        self._keep_snapshots = keep_snapshots

    def pointers(self) -> Pointers:
        """What should answer."""
        return Pointers(
            self._read(self._store.current_id, "CURRENT", "current"),
            self._read(self._store.canary, "CANARY", "canary"),
        )

    def load(self, snapshot_id: str, *, beside: bool = False) -> LoadedSnapshot:
        """A snapshot, verified, loaded and warmed; ``beside`` another that answers meanwhile, inspected elsewhere.

        Raises:
            SnapshotRefusedError: it does not exist or is bad.
        """
        inspector = self._inspector if beside else None
        try:
            snapshot = self._store.hold(snapshot_id) if inspector else self._store.open(snapshot_id)
        except (StoreError, OSError) as error:
            reason = error.reason if isinstance(error, SnapshotRefused) else "missing"
            raise SnapshotRefusedError(self._told(error), reason=reason) from error
        try:
            recall = inspector.inspect(snapshot) if inspector else None
            return load(snapshot, self._loading, beside=beside, recall=recall)
        except SnapshotRefusedError as error:
            snapshot.close()
            raise SnapshotRefusedError(self._told(error), reason=error.reason) from error

    def close(self) -> None:
        """Ends the load that is under way, as far as another process does it."""
        if self._inspector is not None:
            self._inspector.close()

    def make_current(self, loaded: LoadedSnapshot, *, replacing: str | None) -> None:
        """Moves CURRENT to a loaded snapshot; if ``replacing`` is given, only where that is CURRENT.

        Raises:
            SnapshotRefusedError: the pointer could not be moved, or the snapshot no longer lies on disk.
            DurabilityLost: the disk can no longer be trusted.
        """
        self._move("CURRENT", "activate", lambda: self._store.activate(loaded.snapshot, replacing=replacing))

    def make_canary(self, loaded: LoadedSnapshot, share: float) -> None:
        """Moves CANARY to a loaded snapshot. Raises as `make_current`."""
        self._move("CANARY", "canary", lambda: self._store.set_canary(loaded.snapshot, share))

    def clear_canary(self) -> None:
        """Clears CANARY. Raises as `make_current`."""
        self._move("CANARY", "canary", self._store.clear_canary)

    def manifests(self) -> list[Manifest]:
        """Every complete snapshot, newest first."""
        try:
            return list(self._store.list())
        except TenantNotFound:
            return []

    def collect(self) -> tuple[str, ...]:
        """Deletes old snapshots and returns their ids.

        Raises:
            SnapshotRefusedError: the disk refused.
            DurabilityLost: the disk can no longer be trusted.
        """
        keep = self._keep_snapshots
        return self._move("old snapshots", "collect", lambda: self._store.collect(keep=keep)) if keep else ()

    def _read(
        self, read: Callable[[], _Result | None], name: str, reason: str
    ) -> _Result | SnapshotRefusedError | None:
        try:
            return read()
        except (TenantNotFound, SnapshotNotFound):
            return None
        except (StoreError, OSError) as error:
            return SnapshotRefusedError(f"{name} cannot be read: {self._told(error)}", reason=reason)

    def _move(self, name: str, reason: str, move: Callable[[], _Result]) -> _Result:
        try:
            return move()
        except DurabilityLost:
            raise
        except (StoreError, OSError) as error:
            told = f"{name} could not be moved: {self._told(error)}"
            raise SnapshotRefusedError(told, reason=reason) from error

    def _told(self, error: Exception) -> str:
        """The error in words, without telling callers where on this machine the data lies."""
        return str(error).replace(f"{self._store.root}/", "")
