"""Work that waits for a thread, and is done together with all that waits for the same: no delay is ever added.

A thread that becomes free takes what is waiting. Work whose deadline passed, or that nobody waits for any more, is
dropped before it is begun. Knows nothing of what the work is.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

from firstlight_server.call import Deadline

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
    ) -> None:
        """Takes what does the work.

        Args:
            work: one result for each of several jobs; what it raises fails the job that it is raised for alone.
            executor: where it runs.
            threads: how many batches may run at once.
            most: how large a batch may grow; a larger job makes one of its own.
        """
        self._work = work
        self._executor = executor
        self._free = threads
        self._most = most
        self._waiting: deque[_Waiting[_Key, _Job, _Result]] = deque()

    async def result(self, key: _Key, job: _Job, *, size: int = 1, deadline: Deadline) -> _Result:
        """The result of ``job`` done with ``key``.

        Raises:
            DeadlinePassedError: nobody waits for it any more; it was not begun.
        """
        deadline.check()
        future: asyncio.Future[_Result] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(key, job, size, deadline, future))
        self._begin()
        return await future

    def _begin(self) -> None:
        while self._free and (batch := self._taken()):
            self._free -= 1
            begun = asyncio.get_running_loop().run_in_executor(self._executor, self._done, batch)
            begun.add_done_callback(partial(self._finish, batch))

    def _taken(self) -> list[_Waiting[_Key, _Job, _Result]]:
        """The jobs that have waited longest and can be done together; none if none waits."""
        batch: list[_Waiting[_Key, _Job, _Result]] = []
        others: list[_Waiting[_Key, _Job, _Result]] = []
        room = self._most
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
        self, batch: Sequence[_Waiting[_Key, _Job, _Result]], done: "asyncio.Future[Sequence[_Result | Exception]]"
    ) -> None:
        self._free += 1
        if done.cancelled():
            for one in batch:
                one.result.cancel()
            return
        for one, outcome in zip(batch, done.result(), strict=True):
            if one.result.done():
                continue
            if isinstance(outcome, Exception):
                one.result.set_exception(outcome)
            else:
                one.result.set_result(outcome)
        self._begin()


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
