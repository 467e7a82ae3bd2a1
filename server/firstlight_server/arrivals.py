"""Snapshots on their way into one tenant's memory: what is being loaded, and what was refused and why.

Belongs to the event loop; loads run on the loader's thread. Knows nothing of which snapshot answers.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable
from concurrent.futures import Executor

from structlog.typing import FilteringBoundLogger

from firstlight_server.errors import SnapshotRefusedError
from firstlight_server.loaded_snapshot import LoadedSnapshot


class Arrivals:
    """Loads snapshots, each once at a time, and tries none again that was refused while it is still asked for.

    Attributes:
        refusals: how many snapshots were refused, by reason.
    """

    def __init__(
        self,
        read: Callable[[str, bool], LoadedSnapshot],
        *,
        live_id: Callable[[], str | None],
        loader: Executor,
        logger: FilteringBoundLogger,
    ) -> None:
        """Takes ``read`` and ``live_id``, which tells what answers meanwhile.

        ``read`` blocks; it loads a snapshot by its id, and is told whether another answers meanwhile.
        """
        self.refusals: Counter[str] = Counter()
        self._read = read
        self._live_id = live_id
        self._loader = loader
        self._logger = logger
        self._refused: set[str] = set()
        self._under_way: dict[str, asyncio.Task[None]] = {}

    @property
    def is_idle(self) -> bool:
        """Whether nothing is under way."""
        return not self._under_way

    async def load(self, snapshot_id: str) -> LoadedSnapshot:
        """A snapshot, loaded now.

        Raises:
            SnapshotRefusedError: it does not exist or is bad.
        """
        loop, beside = asyncio.get_running_loop(), self._live_id() is not None
        return await loop.run_in_executor(self._loader, self._read, snapshot_id, beside)

    def expect(self, snapshot_id: str, take: Callable[[LoadedSnapshot], Coroutine[None, None, None]]) -> None:
        """Begins to load a snapshot and will give it to ``take``; not one that is on its way or was refused."""
        if snapshot_id not in self._refused:
            self.begin(snapshot_id, lambda: self._arrive(snapshot_id, take))

    def begin(self, name: str, work: Callable[[], Coroutine[None, None, None]]) -> None:
        """Runs ``work`` beside everything else, unless one of this name is under way."""
        if name not in self._under_way:
            task = self._under_way[name] = asyncio.create_task(work())
            task.add_done_callback(lambda _: self._under_way.pop(name))

    def refuse(self, name: str, error: SnapshotRefusedError) -> None:
        """Counts and logs a refusal that is new, and remembers ``name`` as refused."""
        if name not in self._refused:
            self._refused.add(name)
            self.count(name, error)

    def count(self, name: str, error: SnapshotRefusedError) -> None:
        """Counts and logs a refusal."""
        self.refusals[error.reason] += 1
        told = {"snapshot_id": name, "live_snapshot_id": self._live_id(), "reason": error.reason, "fault": str(error)}
        self._logger.error("snapshot refused", **told)

    def forgive(self, name: str) -> None:
        """Forgets that ``name`` was refused."""
        self._refused.discard(name)

    def forgive_all_but(self, names: Iterable[str]) -> None:
        """Forgets the refusals of everything that is no longer asked for."""
        self._refused.intersection_update(names)

    async def wait(self) -> None:
        """Returns when nothing is under way any more."""
        while self._under_way:
            await asyncio.gather(*self._under_way.values())

    async def cancel(self) -> None:
        """Ends what is under way."""
        for task in self._under_way.values():
            task.cancel()
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)

    async def _arrive(self, snapshot_id: str, take: Callable[[LoadedSnapshot], Coroutine[None, None, None]]) -> None:
        try:
            fresh = await self.load(snapshot_id)
        except SnapshotRefusedError as error:
            self.refuse(snapshot_id, error)
        else:
            await take(fresh)
