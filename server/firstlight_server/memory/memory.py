"""The event log as the event loop uses it: whoever asks waits for a bounded time, and no longer than is of use.

Reads that wait are done together, and so are writes, each on a thread of its own; a log that fails or is late is not
asked again for a while. Knows nothing of messages, nor of what is done with events.
"""

import asyncio
import math
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from structlog.typing import FilteringBoundLogger

from firstlight_server.call import Deadline
from firstlight_server.errors import DeadlinePassedError, EventsUnavailableError
from firstlight_server.feedback_settings import FeedbackSettings
from firstlight_server.memory.breaker import Breaker
from firstlight_server.memory.opened_log import OpenedLog
from firstlight_server.memory.patience import within
from firstlight_server.memory.writes import Write, Written, write
from firstlight_server.metrics.memory_metrics import MemoryMetrics
from firstlight_server.micro_batches import MicroBatches
from firstlight_store.event_log import EventLog, EventLogError, LoggedEvent

_RETRY_S = 1.0
"""Between two tries to open the log, and two to read it once it fails, in seconds."""
_LOOP_S = 0.002
"""How long reads of an embedded log may hold up the event loop at a time, in seconds, by what they took lately: some
20 us a user, which a thread would cost five times over. One that takes long sends those after it to a thread."""
_MOST_USERS = 64
_MOST_EVENTS = 4_096
"""Events committed at once: the longest that whoever comes next has to wait for."""

User = tuple[str, str]
"""A tenant and a pseudonym."""
_NOBODY: User = ("-", "-")
_Users = Sequence[User]
_Result = TypeVar("_Result")


class Remembered(NamedTuple):
    """What the log told of users.

    Attributes:
        seen: the last erasure before it was read: what follows from it is not stored where a user was erased since.
        histories: for each user their latest events, oldest first.
    """

    seen: int
    histories: list[list[LoggedEvent]]


@dataclass(frozen=True)
class _Way:
    """One way to the log."""

    name: str
    threads: ThreadPoolExecutor
    breaker: Breaker

    def require(self) -> None:
        """Raises `EventsUnavailableError` where it is no use to ask now."""
        if not self.breaker.lets_through():
            raise _unavailable("does not answer")


def _way(name: str) -> _Way:
    return _Way(name, ThreadPoolExecutor(1, thread_name_prefix=f"events-{name}"), Breaker())


class Memory:
    """One event log. Belongs to one event loop."""

    def __init__(
        self,
        open_log: Callable[[], OpenedLog],
        settings: FeedbackSettings,
        *,
        metrics: MemoryMetrics,
        logger: FilteringBoundLogger,
    ) -> None:
        """Takes how to open the log, blocking; it is tried until it succeeds."""
        self._open_log = open_log
        self._settings = settings
        self._metrics = metrics
        self._logger = logger
        self._opened: OpenedLog | None = None
        self._read, self._write, self._other = _way("read"), _way("write"), _way("other")
        loop_s = _LOOP_S if settings.embeds_events else 0.0
        self._histories = MicroBatches[OpenedLog, _Users, Remembered](
            self._latest, executor=self._read.threads, threads=1, most=_MOST_USERS, loop_s=loop_s
        )
        self._writes = MicroBatches[OpenedLog, Write, Written](
            self._written, executor=self._write.threads, threads=1, most=_MOST_EVENTS
        )
        self._seen = 0
        self._tried = asyncio.Event()
        self._probing: asyncio.Task[None] | None = None
        self._opening = asyncio.create_task(self._open())
        metrics.watch(lambda: self._opened is not None)

    @property
    def opened(self) -> OpenedLog:
        """The log, once it is open.

        Raises:
            EventsUnavailableError: it is not.
        """
        if self._opened is None:
            raise _unavailable("is not open")
        return self._opened

    @property
    def log(self) -> EventLog | None:
        """The log; None while it is not open."""
        return self._opened.log if self._opened else None

    async def until_tried(self, *, wait_s: float) -> None:
        """Returns when the log is open, or could not be opened at once or in time."""
        with suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                await self._tried.wait()

    @property
    def seen(self) -> int:
        """An erasure that was the last one lately: where nothing can be read, what comes may have begun as early."""
        return self._seen

    async def erasure(self, *, left_s: float = math.inf) -> int:
        """The last erasure now; nobody waits for it longer than ``left_s`` seconds, or than for a write.

        Raises:
            EventsUnavailableError: it is not known in time.
        """
        self._read.require()
        wait_s = min(left_s, self._settings.events_write_wait_s)
        return (await self._remembered([], wait_s=wait_s, is_patient=wait_s < left_s)).seen

    async def latest(self, users: _Users, *, left_s: float = math.inf) -> Remembered:
        """Users' latest events; nobody waits for them longer than ``left_s`` seconds.

        Raises:
            EventsUnavailableError: they are not known in time.
        """
        if self._read.breaker.is_open:
            raise _unavailable("does not answer")
        wait_s = min(left_s, self._settings.events_read_wait_s)
        with self._metrics.reads_s.time():
            return await self._remembered(users, wait_s=wait_s, is_patient=wait_s < left_s)

    async def read(self, work: Callable[[EventLog], _Result]) -> _Result:
        """What ``work`` reads, alone, on a thread that answers do not wait for; waited for as long as for a write.

        Raises:
            EventsUnavailableError: the log failed, or was late.
        """
        log, loop = self.opened.log, asyncio.get_running_loop()
        self._other.require()

        def begin() -> Awaitable[_Result]:
            return loop.run_in_executor(self._other.threads, work, log)

        return await self._asked(self._other, begin, wait_s=self._settings.events_write_wait_s)

    def write(self, job: Write, *, size: int = 1, left_s: float = math.inf) -> Coroutine[None, None, Written]:
        """What became of a write, once it is durable; it comes after all writes for which this was called before.

        Nobody waits for it longer than ``left_s`` seconds.

        Raises, also when it is awaited:
            EventsUnavailableError: the log failed, or was late: it may yet be stored, but nothing is acknowledged.
        """
        opened, wait_s = self.opened, min(left_s, self._settings.events_write_wait_s)
        self._write.require()

        def begin() -> Awaitable[Written]:
            return self._writes.begin(opened, job, size=size, deadline=Deadline.after(wait_s))

        return self._asked(self._write, begin, wait_s=wait_s, is_patient=wait_s < left_s)

    @property
    def can_write(self) -> bool:
        """Whether writes are likely to succeed."""
        return self._opened is not None and not self._write.breaker.is_open

    async def close(self) -> None:
        """Ends what is under way; what is being written is written to its end."""
        for task in (self._opening, self._probing):
            if task is not None:
                task.cancel()
        ways = (self._read, self._write, self._other)
        for way in ways:
            way.threads.shutdown(wait=False, cancel_futures=True)
        if self._opened is not None and not any(way.breaker.is_open for way in ways):
            for way in ways:
                await asyncio.to_thread(way.threads.shutdown)
            self._opened.log.close()

    async def _open(self) -> None:
        loop, told = asyncio.get_running_loop(), False
        while self._opened is None:
            try:
                self._opened = await loop.run_in_executor(self._write.threads, self._open_log)
            except EventsUnavailableError as error:
                self._metrics.failed("open")
                if not told:
                    self._logger.error("event log cannot be opened; trying again", fault=str(error))
                told = True
                self._tried.set()
                await asyncio.sleep(_RETRY_S)
        self._tried.set()
        self._logger.info("event log open")

    def _asked(
        self, way: _Way, begin: Callable[[], Awaitable[_Result]], *, wait_s: float, is_patient: bool = True
    ) -> Coroutine[None, None, _Result]:
        """The result of what begins now, unless it fails or is late.

        That who is not patient could not wait says nothing of the log.
        """
        try:
            return self._found(way, begin(), wait_s=wait_s, is_patient=is_patient)
        except DeadlinePassedError as error:
            raise self._failed(way, error, is_patient=is_patient) from error

    async def _found(self, way: _Way, work: Awaitable[_Result], *, wait_s: float, is_patient: bool) -> _Result:
        try:
            found = await within(work, wait_s=wait_s)
        except (EventLogError, TimeoutError, DeadlinePassedError) as error:
            raise self._failed(way, error, is_patient=is_patient) from error
        if way.breaker.succeeded():
            self._logger.info("event log answers again", work=way.name)
        return found

    def _failed(self, way: _Way, error: Exception, *, is_patient: bool) -> EventsUnavailableError:
        """Counts a failure, and tells the third in a row."""
        self._metrics.failed(way.name)
        if (is_patient or isinstance(error, EventLogError)) and way.breaker.failed():
            self._logger.error("event log does not answer", work=way.name, fault=str(error))
            if way is self._read:
                self._probing = asyncio.create_task(self._probe())
        return _unavailable("does not answer")

    async def _probe(self) -> None:
        """Asks for nobody's events until it is answered, so that no answer to a user waits for that."""
        while self._read.breaker.is_open:
            await asyncio.sleep(_RETRY_S)
            with suppress(EventsUnavailableError):
                await self._remembered([_NOBODY], wait_s=self._settings.events_write_wait_s)

    def _remembered(
        self, users: _Users, *, wait_s: float, is_patient: bool = True
    ) -> Coroutine[None, None, Remembered]:
        opened = self.opened

        def begin() -> Awaitable[Remembered]:
            size = max(1, len(users))
            return self._histories.begin(opened, users, size=size, deadline=Deadline.after(wait_s))

        return self._asked(self._read, begin, wait_s=wait_s, is_patient=is_patient)

    def _latest(self, opened: OpenedLog, jobs: Sequence[_Users]) -> list[Remembered]:
        seen = self._seen = opened.log.last_erasure()  # before the events, or one made between them would be missed
        found = iter(opened.log.latest([user for users in jobs for user in users], most=self._settings.events_read))
        return [Remembered(seen, [next(found) for _ in users]) for users in jobs]

    def _written(self, opened: OpenedLog, jobs: Sequence[Write]) -> list[Written]:
        return write(opened.log, jobs, observed=self._metrics)


def _unavailable(what: str) -> EventsUnavailableError:
    return EventsUnavailableError(f"the event log {what}; nothing was acknowledged: try again soon")
