"""Work that waits, and is done together with all that waits for the same.

Short work is done on the event loop itself, once nothing more of it has come for a few turns of the loop: a thread
would fight the loop for the interpreter, which costs more than the work (docs/performance.md). Longer work is handed to
a thread, and a thread that becomes free takes what is waiting: no delay is added. Work whose deadline passed, or that
nobody waits for any more, is dropped before it is begun. Knows nothing of what the work is.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

from firstlight_server.admission.service_times import ServiceTimes
from firstlight_server.call import Deadline

QUIET_TURNS = 10
"""Turns of the loop, some microseconds each, without another job: gRPC takes several to hand over one call more."""

_UNIT = "unit"

_Key = TypeVar("_Key", bound=Hashable)
_Job = TypeVar("_Job")
_Result = TypeVar("_Result")


@dataclass(frozen=True)
class _Waiting(Generic[_Key, _Job, _Result]):
    """A job, what it is done with, how much of a batch it fills, and who waits for it."""

    key: _Key
    job: _Job
    size: int
    deadline: Deadline
    result: "asyncio.Future[_Result]"


class MicroBatches(Generic[_Key, _Job, _Result]):
    """Hands jobs of one key to ``work`` together. Belongs to one event loop; ``work`` runs on the executor."""

    def __init__(
        self,
        work: Callable[[_Key, Sequence[_Job]], Sequence[_Result]],
        *,
        executor: Executor,
        threads: int,
        most: int,
        loop_s: float = 0.0,
    ) -> None:
        """Takes what does the work.

        Args:
            work: one result for each of several jobs; what it raises fails the job that it is raised for alone.
            executor: where it runs if it is long.
            threads: how many batches may run there at once.
            most: how large a batch may grow; a larger job makes one of its own.
            loop_s: seconds for which a batch may hold up the event loop, by what batches took lately.
        """
        self._work = work
        self._executor = executor
        self._free = threads
        self._most = most
        self._loop_s = loop_s
        self._times = ServiceTimes()
        self._waiting: deque[_Waiting[_Key, _Job, _Result]] = deque()
        self._looking = False
        self._quiet_turns = 0

    async def result(self, key: _Key, job: _Job, *, size: int = 1, deadline: Deadline) -> _Result:
        """The result of ``job`` done with ``key``.

        Raises:
            DeadlinePassedError: nobody waits for it any more; it was not begun.
        """
        return await self.begin(key, job, size=size, deadline=deadline)

    def begin(self, key: _Key, job: _Job, *, size: int = 1, deadline: Deadline) -> "asyncio.Future[_Result]":
        """The same for whoever must come before what begins after it: ``job`` waits from now on.

        Raises:
            DeadlinePassedError: nobody waits for it any more; it was not begun.
        """
        deadline.check()
        future: asyncio.Future[_Result] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(key, job, size, deadline, future))
        self._advance()
        return future

    def _advance(self) -> None:
        if not self._waiting:
            return
        if self._waiting[0].size > self._most_on_loop:
            self._hand_out()
            return
        self._quiet_turns = 0
        if not self._looking:
            self._looking = True
            asyncio.get_running_loop().call_soon(self._look)

    @property
    def _most_on_loop(self) -> int:
        """How large a batch may be done on the loop; 0 until one was measured, on a thread."""
        unit_s = self._times.expected_s(_UNIT)
        return min(self._most, int(self._loop_s / unit_s)) if unit_s else 0

    def _look(self) -> None:
        """Does what waits, if it fills a batch or nothing more came for a while."""
        self._quiet_turns += 1
        most = self._most_on_loop
        if self._quiet_turns < QUIET_TURNS and len(self._waiting) < most:
            asyncio.get_running_loop().call_soon(self._look)
            return
        self._looking = False
        if most and (batch := self._taken(most)):
            self._do_on_loop(batch)
        self._advance()

    def _do_on_loop(self, batch: "Sequence[_Waiting[_Key, _Job, _Result]]") -> None:
        begun_s = time.monotonic()
        try:
            outcomes: Sequence[_Result | Exception] = self._work(batch[0].key, [one.job for one in batch])
        except Exception as error:  # noqa: BLE001 - handed to whoever waits
            if len(batch) > 1:  # each is done again, alone: that takes as long as it takes
                self._measured(batch, begun_s)
                self._hand_over(batch)
                return
            outcomes = [error]
        self._settle(batch, outcomes, begun_s=begun_s)

    def _hand_out(self) -> None:
        while self._free > 0 and (batch := self._taken(self._most)):
            self._hand_over(batch)

    def _hand_over(self, batch: "Sequence[_Waiting[_Key, _Job, _Result]]") -> None:
        self._free -= 1
        begun = asyncio.get_running_loop().run_in_executor(self._executor, self._done, batch)
        begun.add_done_callback(partial(self._finish, batch, begun_s=time.monotonic()))

    def _taken(self, room: int) -> list[_Waiting[_Key, _Job, _Result]]:
        """The jobs that have waited longest and can be done together; none if none waits."""
        batch: list[_Waiting[_Key, _Job, _Result]] = []
        others: list[_Waiting[_Key, _Job, _Result]] = []
        while self._waiting and room > 0:
            one = self._waiting.popleft()
            if not _is_wanted(one):
                continue
            if batch and (one.key != batch[0].key or one.size > room):
                others.append(one)
                continue
            batch.append(one)
            room -= one.size
        self._waiting.extendleft(reversed(others))
        return batch

    def _done(self, batch: Sequence[_Waiting[_Key, _Job, _Result]]) -> Sequence[_Result | Exception]:
        jobs = [one.job for one in batch]
        try:
            return self._work(batch[0].key, jobs)
        except Exception as error:  # noqa: BLE001 - handed to whoever waits
            if len(jobs) == 1:
                return [error]
        return [self._done([one])[0] for one in batch]  # one bad job must not fail its neighbours

    def _finish(
        self,
        batch: Sequence[_Waiting[_Key, _Job, _Result]],
        done: "asyncio.Future[Sequence[_Result | Exception]]",
        *,
        begun_s: float,
    ) -> None:
        self._free += 1
        if done.cancelled():
            for one in batch:
                one.result.cancel()
            return
        self._settle(batch, done.result(), begun_s=begun_s)
        self._advance()

    def _settle(
        self,
        batch: Sequence[_Waiting[_Key, _Job, _Result]],
        outcomes: Sequence[_Result | Exception],
        *,
        begun_s: float,
    ) -> None:
        self._measured(batch, begun_s)
        for one, outcome in zip(batch, outcomes, strict=True):
            if one.result.done():
                continue
            if isinstance(outcome, Exception):
                one.result.set_exception(outcome)
            else:
                one.result.set_result(outcome)

    def _measured(self, batch: "Sequence[_Waiting[_Key, _Job, _Result]]", begun_s: float) -> None:
        self._times.record(_UNIT, time.monotonic() - begun_s, units=sum(one.size for one in batch))


def _is_wanted(one: "_Waiting[_Key, _Job, _Result]") -> bool:
    """Whether somebody still waits for it; who waited too long is told so."""
    if one.result.done():
        return False
    try:
        one.deadline.check()
    except Exception as error:  # noqa: BLE001 - handed to whoever waits
        one.result.set_exception(error)
        return False
    return True
