"""Errors over real gRPC: the status, its details, and what they do not tell."""

import asyncio
import math
import threading
from collections.abc import Sequence
from pathlib import Path

import grpc
import pytest
from google.rpc.error_details_pb2 import BadRequest  # type: ignore[import-untyped]
from google.rpc.status_pb2 import Status  # type: ignore[import-untyped]

from firstlight.v1 import recommendation_service_pb2 as pb
from firstlight.v1.types_pb2 import Event
from firstlight_server import errors
from firstlight_server.answer import Answer
from firstlight_server.call_edge import REQUEST_ID_KEY, SNAPSHOT_ID_KEY
from firstlight_server.question import Newcomer
from firstlight_server.recommender import Recommender
from firstlight_server.status import DETAILS_KEY, STATUS_OF
from firstlight_server.text_vectors import TextVectorMap
from tests.server.running import Running, running
from tests.server.tiny_snapshot import TinySnapshot

pytestmark = pytest.mark.asyncio(loop_scope="session")

RECOMMEND = "/firstlight.v1.RecommendationService/Recommend"


async def failure(server: Running, request: pb.RecommendRequest) -> grpc.aio.AioRpcError:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await server.recommendations.Recommend(request)
    return caught.value


async def raw_failure(server: Running, body: bytes) -> grpc.aio.AioRpcError:
    method = server.channel.unary_unary(RECOMMEND, request_serializer=bytes, response_deserializer=bytes)
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await method(body)
    return caught.value


def violations(error: grpc.aio.AioRpcError) -> list[str]:
    packed = next(value for key, value in error.trailing_metadata() if key == DETAILS_KEY)
    assert isinstance(packed, bytes)
    bad = BadRequest()
    assert Status.FromString(packed).details[0].Unpack(bad)
    return [violation.field for violation in bad.field_violations]


async def test_a_malformed_request_is_invalid_argument_with_every_field(server: Running) -> None:
    request = pb.RecommendRequest(page_size=-1, events=[Event(item_id="a", weight=math.nan), Event()])
    error = await failure(server, request)
    assert error.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert violations(error) == ["events[0].weight", "events[1].item_id", "page_size"]
    assert error.details() == "events[0].weight: nan is not a finite number in -100..100 (and 2 more)"


async def test_a_thousand_faults_still_reach_the_caller(server: Running) -> None:
    error = await failure(server, pb.RecommendRequest(events=[Event()] * 1_000))
    assert error.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert violations(error)[0] == "events[0].item_id"
    assert violations(error)[-1] == ""


@pytest.mark.parametrize(
    "body", [b"\xff\xff\xff", b"\x0a\x02\xc3\x28", b"\x0a\xff\x01"], ids=["garbage", "bad UTF-8", "cut off"]
)
async def test_unreadable_bytes_are_invalid_argument(server: Running, body: bytes) -> None:
    error = await raw_failure(server, body)
    assert error.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert "Traceback" not in str(error.details())


async def test_a_request_above_the_size_limit_is_refused(published: Path) -> None:
    async with running(published, max_receive_bytes=2_048) as small:
        error = await failure(small, pb.RecommendRequest(exclude_item_ids=["x" * 100] * 100))
    assert error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED


async def test_an_error_names_the_callers_request_id(server: Running) -> None:
    error = await failure(server, pb.RecommendRequest(page_size=-1, request_id="mine-ü"))
    assert dict(error.trailing_metadata())[REQUEST_ID_KEY] == "mine-%C3%BC"


async def test_a_reply_names_request_and_snapshot_in_its_metadata_and_in_the_log(server: Running) -> None:
    call = server.recommendations.Recommend(pb.RecommendRequest(request_id="logged-1"))
    reply = await call
    metadata = dict(await call.trailing_metadata())
    assert (metadata[REQUEST_ID_KEY], metadata[SNAPSHOT_ID_KEY]) == ("logged-1", reply.snapshot_id)
    line = next(line for line in server.log.getvalue().splitlines() if "logged-1" in line)
    assert f'"snapshot_id": "{reply.snapshot_id}"' in line
    assert '"code": "OK"' in line


async def test_an_unforeseen_error_tells_the_caller_only_its_request_id(tmp_path: Path) -> None:
    TinySnapshot().publish(tmp_path)
    async with running(tmp_path) as broken:
        # A part is broken on purpose: no request can reach this otherwise.
        object.__setattr__(broken.server.tenants.find("").live, "recommender", object.__new__(Recommender))
        error = await failure(broken, pb.RecommendRequest(request_id="unlucky"))
        log = broken.log.getvalue()
    assert error.code() is grpc.StatusCode.INTERNAL
    assert error.details() == "internal error; the service's log has it under request id unlucky"
    assert "AttributeError" in log
    assert "Traceback" in log


async def test_every_error_of_the_tree_has_a_status() -> None:
    raised_to_callers = set(errors.ServerError.__subclasses__()) - {errors.SettingsError}
    assert set(STATUS_OF) == raised_to_callers


async def test_work_nobody_waits_for_any_more_is_not_done(published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    began, released, answered = threading.Event(), threading.Event(), list[str]()
    answer = Recommender.recommend

    def hold(self: Recommender, newcomers: Sequence[Newcomer], *, texts: TextVectorMap) -> list[Answer]:
        began.set()
        answered.append("one")
        assert released.wait(30)
        return answer(self, newcomers, texts=texts)

    async with running(published, search_threads=1) as one:
        monkeypatch.setattr(Recommender, "recommend", hold)
        holds_the_thread = asyncio.ensure_future(one.recommendations.Recommend(pb.RecommendRequest(page_size=1)))
        assert await asyncio.to_thread(began.wait, 30)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await one.recommendations.Recommend(pb.RecommendRequest(), timeout=0.1)
        released.set()
        assert len((await holds_the_thread).items) == 1
    assert caught.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    assert answered == ["one"]
