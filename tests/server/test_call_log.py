"""The log line of a call: its fields, which calls get one, and the id that both sides know it by."""

import asyncio
import json
from pathlib import Path
from typing import Any

import grpc
import pytest

from firstlight import AsyncClient, Client, NotFound, Query
from firstlight.v1 import recommendation_service_pb2 as pb
from firstlight_server.recommender import Recommender
from tests.server.running import Running, running
from tests.server.tiny_snapshot import TinySnapshot

pytestmark = pytest.mark.asyncio(loop_scope="session")


def lines(server: Running, event: str = "call") -> list[dict[str, Any]]:
    """The log's lines of calls of the API's own services."""
    told = [json.loads(line) for line in server.log.getvalue().splitlines()]
    return [line for line in told if line["event"] == event and "firstlight" in line["method"]]


async def ask(server: Running) -> None:
    """One call that ends well, and one that does not."""
    await server.recommendations.Recommend(pb.RecommendRequest())
    with pytest.raises(grpc.aio.AioRpcError):
        await server.recommendations.Recommend(pb.RecommendRequest(page_size=-1))


@pytest.mark.parametrize(
    ("settings", "codes"),
    [
        pytest.param({}, ["OK", "INVALID_ARGUMENT"], id="all, unless told otherwise"),
        pytest.param({"log_calls": "errors"}, ["INVALID_ARGUMENT"], id="errors only"),
        pytest.param({"log_calls": "none"}, [], id="none"),
        pytest.param({"log_sample_ratio": 0}, ["INVALID_ARGUMENT"], id="no sample of those that ended well"),
    ],
)
async def test_the_settings_say_which_calls_get_a_line(
    published: Path, settings: dict[str, Any], codes: list[str]
) -> None:
    async with running(published, **settings) as server:
        await ask(server)
        assert [line["code"] for line in lines(server)] == codes


async def test_a_sample_is_a_share_of_the_calls_that_ended_well(published: Path) -> None:
    async with running(published, log_sample_ratio=0.5) as server:
        for _ in range(100):
            await server.recommendations.Recommend(pb.RecommendRequest(page_size=1))
        assert 15 < len(lines(server)) < 85  # farther out once in 10^12 runs


async def test_a_fault_of_the_servers_own_is_told_even_where_no_call_is(tmp_path: Path) -> None:
    TinySnapshot().publish(tmp_path)
    async with running(tmp_path, log_calls="none") as server:
        # A part is broken on purpose: no request can reach this otherwise.
        object.__setattr__(server.server.tenants.find("").live, "recommender", object.__new__(Recommender))
        with pytest.raises(grpc.aio.AioRpcError):
            await server.recommendations.Recommend(pb.RecommendRequest(request_id="unlucky"))
        (line,) = lines(server, "call failed")
    assert line["request_id"] == "unlucky"


async def test_a_line_has_the_fields_that_the_manual_lists(published: Path, repository: Path) -> None:
    manual = (repository / "docs/operations.md").read_text(encoding="utf-8")
    listed = manual.partition("### Logs")[2].partition("\n### ")[0]
    async with running(published) as server:
        await ask(server)
        told, refused = lines(server)
    assert {field for field in refused if f"| `{field}` |" not in listed} == set()
    assert set(told) == set(refused) - {"reason"}


@pytest.mark.parametrize("blocking", [True, False], ids=["the blocking client", "the async client"])
async def test_the_sdk_and_the_log_know_a_call_by_the_same_id(published: Path, blocking: bool) -> None:
    async with running(published) as server:
        target = f"127.0.0.1:{server.server.port}"
        known = await (asyncio.to_thread(ids_of_calls, target) if blocking else ids_of_async_calls(target))
        assert [line["request_id"] for line in lines(server)] == known


def ids_of_calls(target: str) -> list[str]:
    with Client(target) as client:
        answer = client.recommend(request_id="größe")
        first, *_ = client.recommend_batch([Query(), Query()])
        with pytest.raises(NotFound) as caught:
            client.snapshot("s-000000000000")
    assert caught.value.request_id in str(caught.value)
    return [answer.request_id, first.request_id.removesuffix("-0"), caught.value.request_id]


async def ids_of_async_calls(target: str) -> list[str]:
    async with AsyncClient(target) as client:
        answer = await client.recommend(request_id="größe")
        first, *_ = await client.recommend_batch([Query(), Query()])
        with pytest.raises(NotFound) as caught:
            await client.snapshot("s-000000000000")
    return [answer.request_id, first.request_id.removesuffix("-0"), caught.value.request_id]


async def test_the_messages_id_goes_before_the_metadatas_and_neither_grows_without_bound(server: Running) -> None:
    metadata = (("x-request-id", "m" * 200),)
    for request, wanted in ((pb.RecommendRequest(request_id="mine"), "mine"), (pb.RecommendRequest(), "m" * 128)):
        assert (await server.recommendations.Recommend(request, metadata=metadata)).request_id == wanted


async def test_a_call_without_an_id_gets_one_that_reply_and_metadata_agree_on(server: Running) -> None:
    call = server.recommendations.Recommend(pb.RecommendRequest())
    reply = await call
    assert len(reply.request_id) == 32
    assert ("x-request-id", reply.request_id) in tuple(await call.trailing_metadata())
