"""One tenant: its snapshots on disk, the one that answers now, and how another takes over.

A snapshot is verified, loaded and warmed beside the live one; then one reference is swapped. On any fault the old one
stays. Knows nothing of other tenants or of the wire.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Executor
from typing import TypeVar

from structlog.typing import FilteringBoundLogger

from firstlight_server.errors import SnapshotNotReadyError, SnapshotRefusedError, UnknownSnapshotError
from firstlight_server.loaded_snapshot import LoadedSnapshot
from firstlight_store import (
    DurabilityLost,
    Manifest,
    Snapshot,
    SnapshotNotFound,
    SnapshotRefused,
    SnapshotStore,
    StoreError,
    TenantNotFound,
)

LoadSnapshot = Callable[[Snapshot], LoadedSnapshot]
_Result = TypeVar("_Result")


class Tenant:
    """One tenant's live snapshot. Methods belong to the event loop; disk and parsing run on the ``loader``'s thread.

    Attributes:
        name: the tenant's name, also its directory's.
        refusals: how many snapshots were refused, by reason.
        swaps: how many were taken up, the first included.
    """

    def __init__(
        self,
        name: str,
        store: SnapshotStore,
        *,
        loader: Executor,
        load: LoadSnapshot,
        logger: FilteringBoundLogger,
        stop: Callable[[], None],
    ) -> None:
        """Takes the tenant's ``store``, and how verified snapshots are loaded.

        ``stop`` is called when the disk can no longer be trusted.
        """
        self.name = name
        self.refusals: Counter[str] = Counter()
        self.swaps = 0
        self._store = store
        self._loader = loader
        self._load_verified = load
        self._logger = logger.bind(tenant=name)
        self._stop = stop
        self._live: LoadedSnapshot | None = None
        self._refused_id: str | None = None
        self._is_empty = False
        self._changing = asyncio.Lock()

    @property
    def live(self) -> LoadedSnapshot:
        """The snapshot that answers now.

        Raises:
            SnapshotNotReadyError: none is loaded.
        """
        if self._live is None:
            raise SnapshotNotReadyError(
                f"tenant {self.name!r} has no loaded snapshot yet; publish one, or try again soon"
            )
        return self._live

    @property
    def live_id(self) -> str | None:
        """The live snapshot's id; None if none is loaded."""
        return self._live.id if self._live else None

    @property
    def is_settled(self) -> bool:
        """Whether this tenant answers, or has nothing on disk that it could answer with."""
        return self._live is not None or self._is_empty

    async def refresh(self) -> None:
        """Follows CURRENT: takes over a new snapshot, or keeps the old one if the new one is bad.

        A bad one is tried once, and again only after CURRENT has named something else.
        """
        async with self._changing:
            wanted = await self._on_loader(self._read_current)
            if isinstance(wanted, SnapshotRefusedError):
                self._refuse("CURRENT", wanted)
                return
            self._is_empty = wanted is None
            if self._refused_id != wanted:
                self._refused_id = None
            if wanted is None or wanted in (self.live_id, self._refused_id):
                return
            try:
                self._swap(await self._on_loader(lambda: self._load(wanted)))
            except SnapshotRefusedError as error:
                self._refuse(wanted, error)

    async def activate(self, snapshot_id: str) -> str | None:
        """Takes over ``snapshot_id``, makes it CURRENT, and returns the id of the one that answered before.

        Raises:
            SnapshotRefusedError: it does not exist or is bad; the old one goes on answering.
        """
        async with self._changing:
            previous = self.live_id
            try:
                self._swap(await self._on_loader(lambda: self._load_and_make_current(snapshot_id)))
            except SnapshotRefusedError as error:
                self._count(snapshot_id, error)
                raise
            except DurabilityLost:
                self._stop()
                raise
            return previous

    async def manifests(self) -> list[Manifest]:
        """Every complete snapshot on disk, newest first."""
        return await self._on_loader(self._list)

    async def manifest(self, snapshot_id: str) -> Manifest:
        """One snapshot on disk.

        Raises:
            UnknownSnapshotError: there is none of this id.
        """
        for manifest in await self.manifests():
            if manifest.snapshot_id == snapshot_id:
                return manifest
        raise UnknownSnapshotError(
            f"tenant {self.name!r} has no snapshot {snapshot_id[:80]!r}; ListSnapshots names those on disk"
        )

    def close(self) -> None:
        """Lets go of the live snapshot."""
        if self._live is not None:
            self._live.close()
            self._live = None

    def _swap(self, loaded: LoadedSnapshot) -> None:
        old, self._live = self._live, loaded
        self.swaps += 1
        self._logger.info("snapshot activated", snapshot_id=loaded.id, previous_snapshot_id=old.id if old else None)
        if old is not None:
            old.close()

    def _refuse(self, snapshot_id: str, error: SnapshotRefusedError) -> None:
        if self._refused_id != snapshot_id:
            self._refused_id = snapshot_id
            self._count(snapshot_id, error)

    def _count(self, snapshot_id: str, error: SnapshotRefusedError) -> None:
        self.refusals[error.reason] += 1
        self._logger.error(
            "snapshot refused",
            snapshot_id=snapshot_id,
            live_snapshot_id=self.live_id,
            reason=error.reason,
            fault=str(error),
        )

    def _read_current(self) -> str | SnapshotRefusedError | None:
        try:
            return self._store.current_id()
        except (TenantNotFound, SnapshotNotFound):
            return None
        except (StoreError, OSError) as error:
            return SnapshotRefusedError(f"CURRENT cannot be read: {self._told(error)}", reason="current")

    def _load(self, snapshot_id: str) -> LoadedSnapshot:
        try:
            snapshot = self._store.open(snapshot_id)
        except (StoreError, OSError) as error:
            reason = error.reason if isinstance(error, SnapshotRefused) else "missing"
            raise SnapshotRefusedError(self._told(error), reason=reason) from error
        try:
            return self._load_verified(snapshot)
        except SnapshotRefusedError as error:
            snapshot.close()
            raise SnapshotRefusedError(self._told(error), reason=error.reason) from error

    def _load_and_make_current(self, snapshot_id: str) -> LoadedSnapshot:
        loaded = self._load(snapshot_id)
        try:
            self._store.activate(snapshot_id)
        except DurabilityLost:
            loaded.close()
            raise
        except (StoreError, OSError) as error:
            loaded.close()
            raise SnapshotRefusedError(f"CURRENT could not be moved: {self._told(error)}", reason="activate") from error
        return loaded

    def _list(self) -> list[Manifest]:
        try:
            return list(self._store.list())
        except TenantNotFound:
            return []

    def _told(self, error: Exception) -> str:
        """The error in words, without telling callers where on this machine the data lies."""
        return str(error).replace(f"{self._store.root}/", "")

    async def _on_loader(self, work: Callable[[], _Result]) -> _Result:
        return await asyncio.get_running_loop().run_in_executor(self._loader, work)
