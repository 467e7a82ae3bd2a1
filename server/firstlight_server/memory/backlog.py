"""Impressions on their way into the event log: nobody waits for them, and they never pile up without end.

They wait for each other for a moment, so that a commit holds many; what is written after them here overtakes none.
Belongs to the event loop. Knows nothing of answers.
"""

import asyncio
from collections.abc import Awaitable

from firstlight_server.errors import EventsUnavailableError
from firstlight_server.memory.memory import Memory
from firstlight_server.memory.writes import Impressions, Showing
from firstlight_server.metrics.memory_metrics import MemoryMetrics

GATHER_S = 0.1
"""How long the first of them waits for others, in seconds: a commit costs as much as storing twenty."""


class Backlog:
    """At most so many impressions that wait."""

    def __init__(self, memory: Memory, *, most: int, metrics: MemoryMetrics) -> None:
        self._memory = memory
        self._most = most
        self._metrics = metrics
        self._gathered: list[Showing] = []
        self._under_way = 0
        self._writing: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None

    def add(self, shown: Showing) -> bool:
        """Takes an impression, to be stored soon; False if that cannot be expected, so that it is not."""
        if not self._memory.can_write or len(self._gathered) + self._under_way >= self._most:
            self._metrics.impression(shown.tenant, "dropped")
            return False
        self._gathered.append(shown)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(GATHER_S, self.flush)
        return True

    def flush(self) -> None:
        """Hands on what was gathered: whatever is written from now on comes after it."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._gathered:
            gathered, self._gathered = self._gathered, []
            self._under_way += len(gathered)
            task = asyncio.get_running_loop().create_task(self._stored(self._begin(gathered), gathered))
            self._writing.add(task)
            task.add_done_callback(self._writing.discard)

    async def drain(self) -> None:
        """Returns when all that was taken is stored, or has failed."""
        self.flush()
        await asyncio.gather(*self._writing)

    def _begin(self, shown: list[Showing]) -> Awaitable[object] | None:
        try:
            return self._memory.write(Impressions(shown), size=len(shown))
        except EventsUnavailableError:
            return None

    async def _stored(self, written: Awaitable[object] | None, shown: list[Showing]) -> None:
        outcome = "failed"
        try:
            if written is not None:
                await written
                outcome = "stored"
        except EventsUnavailableError:
            pass  # counted, and told in the log by whoever asked it
        finally:
            self._under_way -= len(shown)
            for one in shown:
                self._metrics.impression(one.tenant, outcome)
