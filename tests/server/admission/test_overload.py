"""Overload over real gRPC, small: what the server accepts it finishes in time, the rest it refuses at once."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import grpc
import grpc.aio
import pytest
import pytest_asyncio

from firstlight import AsyncClient
from firstlight.v1 import index_service_pb2 as index_pb
from firstlight.v1 import recommendation_service_pb2 as pb
from firstlight.v1.types_pb2 import RUNG_FULL, Declaration, Event
from firstlight_server.degradation.rung import Rung
from firstlight_server.loaded_snapshot import LoadedSnapshot
from tests.server.running import Running, running

BATCH = pb.BatchRecommendRequest(
    requests=[pb.RecommendRequest(events=[Event(item_id=f"i{number:04d}")], want_reasons=True) for number in range(16)]
)
"""Real work that takes far longer than gRPC does, so that refusals are cheap beside it."""
FITTING = 10
"""Calls that the narrow server takes at once; what comes beyond them it refuses."""


@dataclass
class Outcome:
    """What became of many calls.

    Attributes:
        codes: of the calls, in the order in which they were settled.
        pushbacks_ms: what refused calls were told to wait.
    """

    codes: list[grpc.StatusCode] = field(default_factory=list[grpc.StatusCode])
    pushbacks_ms: list[int] = field(default_factory=list[int])


async def ask(server: Running, outcome: Outcome) -> None:
    try:
        await server.recommendations.BatchRecommend(BATCH, timeout=30)
        outcome.codes.append(grpc.StatusCode.OK)
    except grpc.aio.AioRpcError as error:
        outcome.codes.append(error.code())
        if error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED:
            outcome.pushbacks_ms.append(int(str(dict(error.trailing_metadata())["grpc-retry-pushback-ms"])))


async def ask_in_turn(server: Running, *, callers: int, calls: int) -> None:
    """Each caller asks again as soon as it is answered."""

    async def caller() -> None:
        for _ in range(calls):
            await ask(server, Outcome())

    await asyncio.gather(*(caller() for _ in range(callers)))


@pytest_asyncio.fixture(loop_scope="function")
async def narrow(published: Path) -> AsyncIterator[Running]:
    """A server that works on two calls at a time and lets few wait."""
    async with running(published, running_calls=2, waiting_calls=FITTING - 2, degrade=False) as one:
        yield one


async def test_of_a_burst_what_fits_is_answered_and_the_rest_refused_before_that(narrow: Running) -> None:
    burst = Outcome()
    await asyncio.gather(*(ask(narrow, burst) for _ in range(6 * FITTING)))
    found = Counter(burst.codes)
    assert set(found) == {grpc.StatusCode.OK, grpc.StatusCode.RESOURCE_EXHAUSTED}
    assert found[grpc.StatusCode.OK] >= FITTING
    assert burst.codes[-1] is grpc.StatusCode.OK  # no refusal waited for the work that was in its way
    assert min(burst.pushbacks_ms) > 0
    after = Outcome()
    await ask(narrow, after)
    assert after.codes == [grpc.StatusCode.OK]
    assert (narrow.server.gate.running, narrow.server.gate.waiting) == (0, 0)


async def test_the_sdk_waits_as_it_is_told_and_is_answered(published: Path) -> None:
    async with running(published, tenant_rate=1.0) as server:
        async with AsyncClient(f"127.0.0.1:{server.server.port}", timeout_s=10) as client:
            began_s = time.perf_counter()
            for _ in range(2):
                await client.recommend()
        assert time.perf_counter() - began_s > 0.5
        assert server.server.tally.calls["default", "quota"] >= 1


async def test_admin_and_health_answer_while_users_calls_are_refused(published: Path) -> None:
    async with running(published, running_calls=1, waiting_calls=1) as server:
        calls = [asyncio.create_task(ask(server, Outcome())) for _ in range(30)]
        while not server.server.gate.waiting:
            await asyncio.sleep(0.001)
        assert await server.health() == 1
        assert (await server.index.GetSnapshot(index_pb.GetSnapshotRequest(), timeout=10)).snapshot.id
        assert server.server.gate.running == 1
        await asyncio.gather(*calls)


@pytest.mark.parametrize(
    ("named", "code"),
    [
        ("default", grpc.StatusCode.RESOURCE_EXHAUSTED),
        ("other", grpc.StatusCode.INVALID_ARGUMENT),
        (None, grpc.StatusCode.INVALID_ARGUMENT),
    ],
    ids=["the tenant that is over its quota", "another tenant", "no tenant"],
)
async def test_a_call_is_refused_unread_only_where_its_metadata_names_its_tenant(
    published: Path, named: str | None, code: grpc.StatusCode
) -> None:
    async with running(published, tenant_rates={"default": 0.01}) as server:
        await server.recommendations.Recommend(pb.RecommendRequest())
        ask: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes] = server.channel.unary_unary(
            "/firstlight.v1.RecommendationService/Recommend"
        )
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await ask(b"unreadable", metadata=() if named is None else (("x-tenant", named),))
        assert caught.value.code() is code
        with pytest.raises(grpc.aio.AioRpcError, match="quota") as lied:
            await server.recommendations.Recommend(pb.RecommendRequest(), metadata=(("x-tenant", "other"),))
        assert lied.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED


async def test_expired_and_cancelled_calls_are_never_encoded(published: Path) -> None:
    async with running(published, running_calls=4) as server:
        texts = [f"wanted for {number} ms" for number in range(200)]

        async def one(number: int) -> str:
            request = pb.RecommendRequest(declarations=[Declaration(text=texts[number])])
            call = server.recommendations.Recommend(request, timeout=(0.001, 0.003, 0.01, 10)[number % 4])
            if number % 4 == 3:
                await asyncio.sleep(0)
                call.cancel()
            try:
                return "OK" if (await call).items else "empty"
            except grpc.aio.AioRpcError as error:
                return error.code().name
            except asyncio.CancelledError:
                return "CANCELLED"

        found = await asyncio.gather(*(one(number) for number in range(len(texts))))
        assert set(found) <= {"OK", "DEADLINE_EXCEEDED", "CANCELLED", "RESOURCE_EXHAUSTED"}
        unwanted = [text for text, code in zip(texts, found, strict=True) if code != "OK"]
        loaded: LoadedSnapshot = server.server.tenants.find("").live
        assert loaded.texts is not None
        assert len(unwanted) >= 50
        # What was being encoded at the very moment its deadline passed cannot be unmade.
        assert len(loaded.texts.known(unwanted)) <= max(2, 0.02 * len(unwanted))


async def test_idle_connections_and_resets_disturb_nobody(published: Path) -> None:
    async with running(published, pending_calls=1_000) as server:  # what gRPC sheds by itself is another matter
        address = f"127.0.0.1:{server.server.port}"
        idle = [await asyncio.open_connection("127.0.0.1", server.server.port) for _ in range(200)]
        async with grpc.aio.insecure_channel(address) as channel:
            reset: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(
                "/firstlight.v1.RecommendationService/Recommend"
            )
            for _ in range(300):
                call = reset(b"")
                await asyncio.sleep(0)
                call.cancel()
            assert len((await server.recommendations.Recommend(pb.RecommendRequest(), timeout=10)).items) == 10
        for _, writer in idle:
            writer.close()

        async def empty() -> bool:
            return server.server.gate.running == server.server.gate.waiting == 0

        await server.until(empty)


async def test_under_load_answers_become_simpler_and_say_so(published: Path) -> None:
    async with running(published, running_calls=1, target_wait_s=0.001, waiting_calls=50) as server:
        await ask_in_turn(server, callers=20, calls=20)
        assert {rung for _, rung in server.server.tally.rungs} > {Rung.FULL}
        reply = await server.recommendations.Recommend(pb.RecommendRequest(events=[Event(item_id="i0001")]))
        assert reply.rung != RUNG_FULL
        assert [warning.code for warning in reply.warnings] == [9]
