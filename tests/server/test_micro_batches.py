"""What waits is done together, in order, and late or unwanted work never."""

import asyncio
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from firstlight_server.call import Deadline
from firstlight_server.errors import DeadlinePassedError
from firstlight_server.micro_batches import QUIET_TURNS, MicroBatches

NEVER = Deadline()


class Press:
    """Doubles numbers in batches that it remembers; holds still until it is let go, and cannot take the number 13."""

    def __init__(self) -> None:
        self.batches: list[tuple[str, list[int]]] = []
        self.let_go = threading.Event()

    def work(self, key: str, jobs: Sequence[int]) -> list[int]:
        self.batches.append((key, list(jobs)))
        self.let_go.wait(5)
        if 13 in jobs:
            raise ValueError("13 cannot be doubled")
        return [2 * job for job in jobs]


@pytest.fixture
def press() -> Press:
    return Press()


@pytest.fixture
def batches(press: Press) -> Iterator[MicroBatches[str, int, int]]:
    with ThreadPoolExecutor(1) as executor:
        yield MicroBatches(press.work, executor=executor, threads=1, most=4)
        press.let_go.set()


async def asked(batches: MicroBatches[str, int, int], *jobs: int, key: str = "a") -> "list[asyncio.Task[int]]":
    """Tasks that wait for each job, begun in this order."""
    tasks = [asyncio.create_task(batches.result(key, job, deadline=NEVER)) for job in jobs]
    await asyncio.sleep(0)
    return tasks


async def test_the_first_starts_at_once_and_those_that_came_meanwhile_go_together(
    batches: MicroBatches[str, int, int], press: Press
) -> None:
    tasks = [*await asked(batches, 1), *await asked(batches, 2, 3, 4)]
    press.let_go.set()
    assert await asyncio.gather(*tasks) == [2, 4, 6, 8]
    assert press.batches == [("a", [1]), ("a", [2, 3, 4])]


async def test_a_batch_grows_no_larger_than_it_may(batches: MicroBatches[str, int, int], press: Press) -> None:
    tasks = await asked(batches, *range(10))
    press.let_go.set()
    assert await asyncio.gather(*tasks) == [2 * job for job in range(10)]
    assert [len(jobs) for _, jobs in press.batches] == [1, 4, 4, 1]


async def test_work_of_one_key_is_never_done_with_another_and_nobody_is_forgotten(
    batches: MicroBatches[str, int, int], press: Press
) -> None:
    tasks = [task for number in range(6) for task in await asked(batches, number, key="ab"[number % 2])]
    press.let_go.set()
    assert await asyncio.gather(*tasks) == [0, 2, 4, 6, 8, 10]
    assert press.batches == [("a", [0]), ("b", [1, 3, 5]), ("a", [2, 4])]


async def test_one_bad_job_does_not_fail_its_neighbours(batches: MicroBatches[str, int, int], press: Press) -> None:
    tasks = await asked(batches, 1, 2, 13, 4)
    press.let_go.set()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert [outcomes[place] for place in (0, 1, 3)] == [2, 4, 8]
    assert isinstance(outcomes[2], ValueError)


async def test_what_waited_too_long_is_refused_and_never_begun(
    batches: MicroBatches[str, int, int], press: Press
) -> None:
    (first,) = await asked(batches, 1)
    late = asyncio.create_task(batches.result("a", 2, deadline=Deadline(time.monotonic() + 0.02)))
    await asyncio.sleep(0.05)
    press.let_go.set()
    with pytest.raises(DeadlinePassedError):
        await late
    assert await first == 2
    assert press.batches == [("a", [1])]


async def test_what_nobody_waits_for_any_more_is_never_begun(
    batches: MicroBatches[str, int, int], press: Press
) -> None:
    first, gone, last = await asked(batches, 1, 2, 3)
    gone.cancel()
    await asyncio.sleep(0)
    press.let_go.set()
    assert [await first, await last] == [2, 6]
    assert press.batches == [("a", [1]), ("a", [3])]


class Quick:
    """Doubles numbers, and remembers on which thread and together with what."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds = seconds
        self.bad: int | None = None
        self.batches: list[tuple[bool, list[int]]] = []

    def work(self, _: str, jobs: Sequence[int]) -> list[int]:
        time.sleep(self.seconds * len(jobs))
        self.batches.append((threading.current_thread() is threading.main_thread(), list(jobs)))
        if self.bad in jobs:
            raise ValueError(self.bad)
        return [2 * job for job in jobs]


@pytest.fixture
def executor() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as one:
        yield one


async def test_short_work_moves_to_the_loop_once_it_was_measured_and_takes_all_that_come_meanwhile(
    executor: ThreadPoolExecutor,
) -> None:
    quick = Quick(0.0005)
    batches = MicroBatches[str, int, int](quick.work, executor=executor, threads=1, most=4, loop_s=0.5)
    assert await batches.result("a", 0, deadline=NEVER) == 0

    async def after(turns: int) -> int:
        for _ in range(turns):
            await asyncio.sleep(0)
        return await batches.result("a", turns, deadline=NEVER)

    spread = [0, QUIET_TURNS - 2, 2 * (QUIET_TURNS - 2)]
    assert await asyncio.gather(*map(after, spread)) == [2 * turns for turns in spread]
    assert quick.batches == [(False, [0]), (True, spread)]


async def test_what_comes_after_the_loop_was_quiet_makes_a_batch_of_its_own(executor: ThreadPoolExecutor) -> None:
    quick = Quick(0.0005)
    batches = MicroBatches[str, int, int](quick.work, executor=executor, threads=1, most=4, loop_s=0.5)
    for number in range(3):
        assert await batches.result("a", number, deadline=NEVER) == 2 * number
    assert quick.batches == [(False, [0]), (True, [1]), (True, [2])]


async def test_a_batch_on_the_loop_is_no_longer_than_it_may_hold_the_loop_up(executor: ThreadPoolExecutor) -> None:
    quick = Quick(0.05)
    batches = MicroBatches[str, int, int](quick.work, executor=executor, threads=1, most=16, loop_s=0.175)
    await batches.result("a", 0, deadline=NEVER)
    assert await asyncio.gather(*await asked(batches, *range(6))) == [2 * job for job in range(6)]
    assert quick.batches[0] == (False, [0])
    assert {on_loop for on_loop, _ in quick.batches[1:]} == {True}
    assert max(len(jobs) for _, jobs in quick.batches) <= 3


async def test_long_work_and_large_jobs_stay_on_a_thread(executor: ThreadPoolExecutor) -> None:
    quick = Quick(0.02)
    batches = MicroBatches[str, int, int](quick.work, executor=executor, threads=1, most=16, loop_s=0.01)
    for number in range(3):
        await batches.result("a", number, deadline=NEVER)
    assert not any(on_loop for on_loop, _ in quick.batches)
    large = Quick(0.0005)
    batches = MicroBatches[str, int, int](large.work, executor=executor, threads=1, most=16, loop_s=0.01)
    await batches.result("a", 0, deadline=NEVER)
    await batches.result("a", 1, size=1_000, deadline=NEVER)
    assert large.batches[1] == (False, [1])


async def test_on_the_loop_a_bad_job_fails_alone_and_late_work_is_not_begun(executor: ThreadPoolExecutor) -> None:
    press = Press()
    press.let_go.set()
    batches = MicroBatches[str, int, int](press.work, executor=executor, threads=1, most=16, loop_s=10.0)
    await batches.result("a", 0, deadline=NEVER)
    soon = Deadline(time.monotonic() + 1e-4)
    tasks = await asked(batches, 1, 13)
    late = asyncio.create_task(batches.result("a", 2, deadline=soon))
    time.sleep(0.001)
    outcomes = await asyncio.gather(*tasks, late, return_exceptions=True)
    assert outcomes[0] == 2
    assert isinstance(outcomes[1], ValueError)
    assert isinstance(outcomes[2], DeadlinePassedError)
    assert all(2 not in jobs for _, jobs in press.batches)


async def test_what_failed_together_on_the_loop_is_done_again_on_a_thread(executor: ThreadPoolExecutor) -> None:
    quick = Quick(0.0005)
    batches = MicroBatches[str, int, int](quick.work, executor=executor, threads=1, most=4, loop_s=10.0)
    await batches.result("a", 0, deadline=NEVER)
    quick.bad = 13
    outcomes = await asyncio.gather(*await asked(batches, 1, 13), return_exceptions=True)
    assert (outcomes[0], type(outcomes[1])) == (2, ValueError)
    assert quick.batches[1] == (True, [1, 13])
    assert [on_loop for on_loop, _ in quick.batches[2:]] == [False] * 3
