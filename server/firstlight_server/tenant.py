"""One tenant: the snapshot that answers now, the canary beside it, and how others take over.

A snapshot is verified, loaded and warmed beside the live one; then one reference is swapped. On any fault the old one
stays. What answered last stays loaded, so that going back to it waits for nothing. Knows nothing of other tenants, of
the disk's layout, or of the wire.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import Executor
from contextlib import asynccontextmanager
from typing import TypeVar

from structlog.typing import FilteringBoundLogger

from firstlight_server import assignment
from firstlight_server.arrivals import Arrivals
from firstlight_server.catalogue.tenant_catalogue import TenantCatalogue
from firstlight_server.errors import SnapshotNotReadyError, SnapshotRefusedError, UnknownSnapshotError
from firstlight_server.loaded_snapshot import LoadedSnapshot
from firstlight_server.snapshots_on_disk import SnapshotsOnDisk
from firstlight_server.versions import Versions
from firstlight_store import Canary, DurabilityLost, Manifest, StoreError

_CURRENT, _CANARY = "CURRENT", "CANARY"
_Result = TypeVar("_Result")


class Tenant:
    """One tenant's loaded snapshots. Methods belong to the event loop.

    Snapshots are loaded on the ``loader``'s thread; the pointer files are read and moved on others, so that going back
    to a loaded snapshot never waits for the load of another.

    Attributes:
        name: the tenant's name, also its directory's.
        catalogue: what was changed since its snapshots were built.
        swaps: how many snapshots took over, the first included.
    """

    def __init__(  # noqa: PLR0913 - each is given once, by the composition root
        self,
        name: str,
        disk: SnapshotsOnDisk,
        catalogue: TenantCatalogue,
        *,
        keep_loaded: int,
        loader: Executor,
        logger: FilteringBoundLogger,
        stop: Callable[[], None],
    ) -> None:
        """Takes how many earlier snapshots stay loaded, and ``stop``, called when the disk can no longer be trusted."""
        self.name = name
        self.swaps = 0
        self.catalogue = catalogue
        self._disk = disk
        self._versions = Versions(keep=keep_loaded)
        self._logger = logger.bind(tenant=name)
        self._arrivals = Arrivals(self._read, live_id=lambda: self.live_id, loader=loader, logger=self._logger)
        self._stop = stop
        self._is_empty = False
        self._changing = asyncio.Lock()

    @property
    def refusals(self) -> Counter[str]:
        """How many snapshots were refused, by reason."""
        return self._arrivals.refusals

    @property
    def live(self) -> LoadedSnapshot:
        """The snapshot that answers now.

        Raises:
            SnapshotNotReadyError: none is loaded.
        """
        live = self._versions.live
        if live is None:
            raise SnapshotNotReadyError(
                f"tenant {self.name!r} has no loaded snapshot yet; publish one, or try again soon"
            )
        return live

    @property
    def live_id(self) -> str | None:
        """The live snapshot's id; None if none is loaded."""
        return self._versions.live_id

    @property
    def canary(self) -> Canary | None:
        """What answers a share of users now; None if everybody is answered by the live snapshot."""
        canary = self._versions.canary
        return Canary(canary.loaded.id, canary.share) if canary else None

    @property
    def canary_manifest(self) -> Manifest | None:
        """What the canary says of itself; None if there is none."""
        canary = self._versions.canary
        return canary.loaded.manifest if canary else None

    @property
    def loaded_ids(self) -> tuple[str, ...]:
        """Every snapshot that is loaded: what answers, the canary, and what is kept to go back to."""
        return self._versions.loaded_ids

    @property
    def is_settled(self) -> bool:
        """Whether all that is on disk to answer with does answer, or was refused beside something that answers."""
        return self._arrivals.is_idle and (self._versions.live is not None or self._is_empty)

    def answering(self, identity: str) -> LoadedSnapshot:
        """The snapshot that answers whoever ``identity`` names: the canary for its share of users, else the live one.

        What was changed in the catalogue since it was built is laid over it.

        Raises:
            SnapshotNotReadyError: none is loaded.
        """
        live, canary = self.live, self._versions.canary
        if canary is None:
            return self.catalogue.over(live)
        drawn = assignment.answers(identity, tenant=self.name, canary_id=canary.loaded.id, share=canary.share)
        return self.catalogue.over(canary.loaded if drawn else live)

    async def follow(self) -> None:
        """Takes over at once what the pointers name and is loaded, and begins to load what is not.

        A bad snapshot is tried once, and again only after the pointers have named something else.
        """
        async with self._changing:
            await self._settle()

    async def refresh(self) -> None:
        """Follows the pointers until everything that they name has taken over or was refused."""
        await self.follow()
        await self._arrivals.wait()

    async def activate(self, snapshot_id: str) -> str | None:
        """Takes over ``snapshot_id``, makes it CURRENT, and returns the id of the one that answered before.

        Raises:
            SnapshotRefusedError: it does not exist or is bad, or another one took over while this one was loaded; the
                old one goes on answering.
        """
        return await asyncio.shield(self._activate(snapshot_id))

    async def set_canary(self, snapshot_id: str, share: float) -> None:
        """Lets ``snapshot_id`` answer a ``share`` of users, above 0 and at most 1, here and in every other process.

        Raises:
            SnapshotRefusedError: it does not exist or is bad, or answers everybody; nothing has changed.
        """
        await asyncio.shield(self._set_canary(snapshot_id, share))

    async def clear_canary(self) -> None:
        """Lets the live snapshot answer everybody."""
        async with self._changing:
            await self._moved(_CANARY, self._disk.clear_canary)
            self._versions.clear_canary()
        self._logger.info("canary cleared")

    async def manifests(self) -> list[Manifest]:
        """Every complete snapshot on disk, newest first."""
        return await asyncio.to_thread(self._disk.manifests)

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

    async def close(self) -> None:
        """Ends what is under way and lets go of every snapshot."""
        await self._arrivals.cancel()
        self._disk.close()
        self._versions.close()

    def _read(self, snapshot_id: str, beside: bool) -> LoadedSnapshot:
        loaded = self._disk.load(snapshot_id, beside=beside)
        try:
            self.catalogue.prepare(loaded)
        except StoreError as error:
            self._logger.error("changes of the catalogue cannot be read", fault=str(error))
        return loaded

    async def _activate(self, snapshot_id: str) -> str | None:
        before = (await asyncio.to_thread(self._disk.pointers)).current
        # NOTE: who has to load first may be overtaken, and must not undo what was asked for later.
        must_load = self._versions.find(snapshot_id) is None
        replacing = before if must_load and isinstance(before, str) else None
        async with self._ready(snapshot_id) as loaded:
            await self._moved(snapshot_id, lambda: self._disk.make_current(loaded, replacing=replacing))
            previous = self.live_id
            self._go_live(loaded)
        return previous

    async def _set_canary(self, snapshot_id: str, share: float) -> None:
        share = round(share, 6)  # as CANARY holds it
        async with self._ready(snapshot_id) as loaded:
            await self._moved(snapshot_id, lambda: self._disk.make_canary(loaded, share))
            self._versions.set_canary(loaded, share)
        self._logger.info("canary set", snapshot_id=snapshot_id, share=share, live_snapshot_id=self.live_id)

    @asynccontextmanager
    async def _ready(self, snapshot_id: str) -> AsyncGenerator[LoadedSnapshot]:
        """The snapshot, loaded first where it is not, while nothing else changes; let go again unless it took over."""
        fresh = None
        try:
            if self._versions.find(snapshot_id) is None:
                fresh = await self._arrivals.load(snapshot_id)
            async with self._changing:
                found = self._versions.find(snapshot_id) or fresh
                loaded = fresh = found or await self._arrivals.load(snapshot_id)
                yield loaded
        except SnapshotRefusedError as error:
            self._arrivals.count(snapshot_id, error)
            raise
        finally:
            if fresh is not None and self._versions.find(snapshot_id) is not fresh:
                fresh.close()

    async def _settle(self, arrived: LoadedSnapshot | None = None) -> None:
        """Lets answer what the pointers name, as far as it is loaded or has just ``arrived``. Needs the lock."""
        pointers = await asyncio.to_thread(self._disk.pointers)
        current = self._sound(_CURRENT, pointers.current, otherwise=self.live_id)
        canary = self._sound(_CANARY, pointers.canary, otherwise=self.canary)
        self._is_empty = pointers.current is None
        if canary is not None and canary.snapshot_id == current:
            canary = None
        self._arrivals.forgive_all_but({_CURRENT, _CANARY, current or "", canary.snapshot_id if canary else ""})
        if current is not None and current != self.live_id and (loaded := self._found(current, arrived)):
            self._go_live(loaded)
        if canary is None or (self.canary and self.canary.snapshot_id != canary.snapshot_id):
            self._versions.clear_canary()
        if canary is not None and canary != self.canary and (loaded := self._found(canary.snapshot_id, arrived)):
            self._versions.set_canary(loaded, canary.share)
            self._logger.info("canary set", snapshot_id=canary.snapshot_id, share=canary.share)

    def _sound(self, name: str, value: _Result | SnapshotRefusedError, *, otherwise: _Result) -> _Result:
        """What a pointer says; where it is damaged, what was served so far."""
        if isinstance(value, SnapshotRefusedError):
            self._arrivals.refuse(name, value)
            return otherwise
        self._arrivals.forgive(name)
        return value

    def _found(self, snapshot_id: str, arrived: LoadedSnapshot | None) -> LoadedSnapshot | None:
        """The snapshot, if it is loaded; if not, its load begins, unless it was refused already."""
        found = self._versions.find(snapshot_id) or (arrived if arrived and arrived.id == snapshot_id else None)
        if found is None:
            self._arrivals.expect(snapshot_id, self._take)
        return found

    async def _take(self, fresh: LoadedSnapshot) -> None:
        async with self._changing:
            await self._settle(fresh)
            if self._versions.find(fresh.id) is not fresh:  # the pointers have moved on meanwhile
                fresh.close()

    def _go_live(self, loaded: LoadedSnapshot) -> None:
        previous = self.live_id
        self._versions.go_live(loaded)
        self.swaps += 1
        self._logger.info(
            "snapshot activated", snapshot_id=loaded.id, previous_snapshot_id=previous, recall=round(loaded.recall, 4)
        )
        self._arrivals.begin("collect", self._collect)

    async def _collect(self) -> None:
        try:
            if gone := await self._moved("collect", self._disk.collect):
                self._logger.info("old snapshots deleted", snapshot_ids=gone)
        except (SnapshotRefusedError, DurabilityLost) as error:
            self._logger.error("old snapshots could not be deleted", fault=str(error))

    async def _moved(self, name: str, move: Callable[[], _Result]) -> _Result:
        try:
            return await asyncio.to_thread(move)
        except DurabilityLost as error:
            self._logger.error("the disk can no longer be trusted; stopping", what=name, fault=str(error))
            self._stop()
            raise
