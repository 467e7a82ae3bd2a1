"""The gate on a real event loop: what runs, what waits, what is refused at once, what is given up."""

import asyncio
import time
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager

import pytest

from firstlight_server.admission.fair_queue import FairQueue
from firstlight_server.admission.gate import Gate, GateLimits
from firstlight_server.admission.observer import Tally
from firstlight_server.admission.quotas import Quotas
from firstlight_server.call import Call, Deadline
from firstlight_server.errors import DeadlinePassedError, OverloadedError

METHOD = "/firstlight.v1.RecommendationService/Recommend"
TENANTS = ("default", "flood", "small")


def make_gate(
    *, running: int = 1, waiting: int = 10, max_wait_s: float = 10.0, rate: float = 0.0
) -> tuple[Gate, Tally]:
    tally = Tally()
    limits = GateLimits(running=running, waiting=waiting, max_wait_s=max_wait_s)
    return Gate(
        limits, queue=FairQueue(), quotas=Quotas(rate=rate, overrides={}), tenants=TENANTS, observer=tally
    ), tally


def a_call(tenant: str = "default", *, left_s: float | None = None, units: int = 1) -> Call:
    return Call(METHOD, Deadline.after(left_s), tenant=tenant, units=units)


async def work(gate: Gate, call: Call, seconds: float = 0.0) -> None:
    async with gate.admit(call):
        await asyncio.sleep(seconds)


@asynccontextmanager
async def held(gate: Gate) -> AsyncGenerator[None]:
    """The only place is taken while the block runs."""
    let_go = asyncio.Event()

    async def hold() -> None:
        async with gate.admit(a_call()):
            await let_go.wait()

    holding = asyncio.create_task(hold())
    await asyncio.sleep(0)
    yield
    let_go.set()
    await holding


async def measured(gate: Gate, seconds: float) -> None:
    """The gate has seen what a call costs."""
    for _ in range(3):
        await work(gate, a_call(), seconds)


def outcomes(results: Iterable[BaseException | None]) -> list[str]:
    return ["done" if one is None else getattr(one, "reason", type(one).__name__) for one in results]


async def test_so_many_run_the_others_wait_and_the_rest_is_refused_at_once() -> None:
    gate, tally = make_gate(running=2, waiting=3)
    tasks = [asyncio.create_task(work(gate, a_call(), 0.01)) for _ in range(9)]
    await asyncio.sleep(0)
    assert (gate.running, gate.waiting) == (2, 3)
    found = outcomes(await asyncio.gather(*tasks, return_exceptions=True))
    assert sorted(found) == ["done"] * 5 + ["queue"] * 4
    assert (gate.running, gate.waiting) == (0, 0)
    assert tally.calls["default", "admitted"] == 5


async def test_a_refusal_says_when_to_come_back() -> None:
    gate, _ = make_gate(waiting=0)
    async with held(gate):
        with pytest.raises(OverloadedError, match=r"overloaded.*try again in 0\.\d+ s") as caught:
            await work(gate, a_call())
    assert 0 < caught.value.retry_after_s < 3


async def test_a_call_that_cannot_end_in_time_is_refused_at_once_and_one_that_can_is_not() -> None:
    gate, _ = make_gate()
    await measured(gate, 0.02)
    async with held(gate):
        with pytest.raises(OverloadedError, match="it would take") as caught:
            await work(gate, a_call(left_s=0.025))
        waiting = asyncio.create_task(work(gate, a_call(left_s=60.0)))
        await asyncio.sleep(0)
        assert gate.waiting == 1
    await waiting
    assert caught.value.reason == "deadline"


async def test_an_idle_server_takes_a_call_whatever_it_expects() -> None:
    gate, tally = make_gate()
    await measured(gate, 0.05)
    before = tally.calls["default", "admitted"]
    async with gate.admit(a_call(left_s=0.01)):
        assert gate.running == 1
    assert tally.calls["default", "admitted"] == before + 1
    assert {outcome for _, outcome in tally.calls} == {"admitted"}


async def test_nobody_waits_longer_than_the_longest_wait() -> None:
    gate, _ = make_gate(waiting=1_000, max_wait_s=1.0)
    await measured(gate, 0.02)
    async with held(gate):
        tasks = [asyncio.create_task(work(gate, a_call())) for _ in range(60)]
        await asyncio.sleep(0)
        waiting = gate.waiting
    found = outcomes(await asyncio.gather(*tasks, return_exceptions=True))
    assert 1 <= waiting <= 50
    assert (found.count("done"), found.count("wait")) == (waiting, 60 - waiting)


async def test_a_batch_is_expected_to_cost_what_it_asks_for() -> None:
    gate, _ = make_gate()
    await measured(gate, 0.01)
    async with held(gate):
        with pytest.raises(OverloadedError):
            await work(gate, a_call(left_s=1.0, units=200))


async def test_a_call_whose_deadline_passes_while_it_waits_is_not_begun() -> None:
    gate, tally = make_gate()
    async with held(gate):
        late = asyncio.create_task(work(gate, a_call(left_s=0.01)))
        await asyncio.sleep(0.02)
    with pytest.raises(DeadlinePassedError):
        await late
    assert tally.calls["default", "dropped"] == 1


async def test_a_call_whose_caller_hangs_up_leaves_the_queue() -> None:
    gate, tally = make_gate()
    async with held(gate):
        waiting = [asyncio.create_task(work(gate, a_call())) for _ in range(3)]
        await asyncio.sleep(0)
        waiting[1].cancel()
        await asyncio.sleep(0)
        assert gate.waiting == 2
    assert outcomes(await asyncio.gather(*waiting, return_exceptions=True)) == ["done", "CancelledError", "done"]
    assert tally.calls["default", "dropped"] == 1


async def test_a_caller_that_hangs_up_at_its_turn_blocks_nobody() -> None:
    gate, _ = make_gate()
    async with held(gate):
        first = asyncio.create_task(work(gate, a_call()))
        second = asyncio.create_task(work(gate, a_call()))
        await asyncio.sleep(0)
    first.cancel()  # its turn has come, and it has not noticed yet
    await second
    assert (gate.running, gate.waiting) == (0, 0)


async def test_a_flood_does_not_push_another_tenant_below_its_share() -> None:
    gate, tally = make_gate(running=2, waiting=20)
    end_s = time.monotonic() + 0.5

    async def ask_again(tenant: str) -> None:
        while time.monotonic() < end_s:
            try:
                await work(gate, a_call(tenant), 0.002)
            except OverloadedError:
                await asyncio.sleep(0.001)

    await asyncio.gather(*(ask_again("flood") for _ in range(60)), *(ask_again("small") for _ in range(8)))
    flood, small = tally.calls["flood", "admitted"], tally.calls["small", "admitted"]
    assert small > flood / 2  # by the number of callers it would be 1/8
    assert tally.calls["small", "queue"] == tally.calls["small", "share"] == 0


async def test_tenants_that_do_not_exist_share_one_line() -> None:
    gate, tally = make_gate(waiting=4)
    async with held(gate):
        invented = [asyncio.create_task(work(gate, a_call(f"invented-{number}"))) for number in range(4)]
        await asyncio.sleep(0)
        small = [asyncio.create_task(work(gate, a_call("small"))) for _ in range(2)]
        await asyncio.sleep(0)
    assert outcomes(await asyncio.gather(*small, return_exceptions=True)) == ["done", "done"]
    assert sorted(outcomes(await asyncio.gather(*invented, return_exceptions=True))) == [
        "done",
        "done",
        "share",
        "share",
    ]
    assert sum(count for (_, what), count in tally.calls.items() if what == "share") == 2


async def test_a_quota_refuses_what_is_beyond_it() -> None:
    gate, tally = make_gate(rate=5.0)
    found = outcomes(await asyncio.gather(*(work(gate, a_call()) for _ in range(8)), return_exceptions=True))
    assert sorted(found) == ["done"] * 5 + ["quota"] * 3
    assert tally.calls["default", "quota"] == 3
