"""Every status becomes one exception of the tree, with all that the failed call said."""

import pickle
from typing import NoReturn

import grpc
import pytest
from google.protobuf.any_pb2 import Any
from google.rpc.error_details_pb2 import BadRequest  # type: ignore[import-untyped]
from google.rpc.status_pb2 import Status  # type: ignore[import-untyped]
from grpc_status import rpc_status

import firstlight
from firstlight import (
    AsyncClient,
    CallFailed,
    Client,
    Failure,
    FirstlightError,
    InvalidRequest,
    NotFound,
    Overloaded,
    ServerError,
    Violation,
    _errors,
)
from firstlight.testing import FakeServer
from firstlight.v1 import recommendation_service_pb2 as pb

from .conftest import Serve

NAMED = {
    grpc.StatusCode.INVALID_ARGUMENT: firstlight.InvalidRequest,
    grpc.StatusCode.OUT_OF_RANGE: firstlight.InvalidRequest,
    grpc.StatusCode.NOT_FOUND: firstlight.NotFound,
    grpc.StatusCode.UNAUTHENTICATED: firstlight.Unauthenticated,
    grpc.StatusCode.PERMISSION_DENIED: firstlight.PermissionDenied,
    grpc.StatusCode.FAILED_PRECONDITION: firstlight.FailedPrecondition,
    grpc.StatusCode.RESOURCE_EXHAUSTED: firstlight.Overloaded,
    grpc.StatusCode.DEADLINE_EXCEEDED: firstlight.DeadlineExceeded,
    grpc.StatusCode.UNAVAILABLE: firstlight.Unavailable,
    grpc.StatusCode.CANCELLED: firstlight.Cancelled,
}
STATUSES = [code for code in grpc.StatusCode if code is not grpc.StatusCode.OK]


@pytest.mark.parametrize("code", STATUSES, ids=lambda code: code.name)
def test_every_status_becomes_its_exception(server: FakeServer, client: Client, code: grpc.StatusCode) -> None:
    server.fail(code, "so it is", times=None)
    with pytest.raises(CallFailed, match="so it is") as caught:
        client.activate_snapshot("s-1")  # not retried, so that each status is seen at once
    assert type(caught.value) is NAMED.get(code, ServerError)
    assert caught.value.code is code
    assert isinstance(caught.value.__cause__, grpc.RpcError)


@pytest.mark.parametrize("code", STATUSES, ids=lambda code: code.name)
async def test_every_status_becomes_the_same_exception_asynchronously(
    server: FakeServer, async_client: AsyncClient, code: grpc.StatusCode
) -> None:
    server.fail(code, "so it is", times=None)
    with pytest.raises(CallFailed, match="so it is") as caught:
        await async_client.activate_snapshot("s-1")
    assert type(caught.value) is NAMED.get(code, ServerError)
    assert caught.value.code is code


def test_every_exception_is_in_the_tree_and_drawn_in_it() -> None:
    drawn = _errors.__doc__ or ""
    exceptions = {name for name in firstlight.__all__ if _is_exception(getattr(firstlight, name))}
    assert {name for name in exceptions if not issubclass(getattr(firstlight, name), FirstlightError)} == set()
    assert {name for name in exceptions if f"{name} " not in drawn and f"{name}\n" not in drawn} == set()


def _is_exception(member: object) -> bool:
    return isinstance(member, type) and issubclass(member, Exception)


def _refuse(request: pb.RecommendRequest, context: grpc.ServicerContext) -> NoReturn:
    """Refuse as the service does: with grpcio-status and the real google.rpc messages."""
    detail = Any()
    detail.Pack(
        BadRequest(
            field_violations=[
                BadRequest.FieldViolation(field="page_size", description="must be in 1..1000, got -1"),
                BadRequest.FieldViolation(field="events[0].weight", description="must be finite, got NaN"),
            ]
        )
    )
    status = Status(code=3, message="2 malformed values", details=[detail])
    context.abort_with_status(rpc_status.to_status(status))  # pyright: ignore[reportUnknownMemberType]


def _picky(server: grpc.Server) -> None:
    handler: grpc.RpcMethodHandler[pb.RecommendRequest, bytes] = grpc.unary_unary_rpc_method_handler(
        _refuse, request_deserializer=pb.RecommendRequest.FromString
    )
    server.add_registered_method_handlers("firstlight.v1.RecommendationService", {"Recommend": handler})


def test_violations_from_a_real_status_name_their_fields(serve: Serve) -> None:
    with Client(serve(_picky)) as client, pytest.raises(InvalidRequest) as caught:
        client.recommend(page_size=-1)
    assert caught.value.violations == (
        Violation("page_size", "must be in 1..1000, got -1"),
        Violation("events[0].weight", "must be finite, got NaN"),
    )
    assert "2 malformed values; page_size: must be in 1..1000, got -1; events[0].weight: must be" in str(caught.value)


async def test_violations_from_a_real_status_name_their_fields_asynchronously(serve: Serve) -> None:
    async with AsyncClient(serve(_picky)) as client:
        with pytest.raises(InvalidRequest) as caught:
            await client.recommend(page_size=-1)
    assert [each.field for each in caught.value.violations] == ["page_size", "events[0].weight"]


def test_an_overloaded_service_says_when_to_come_back(server: FakeServer, client: Client) -> None:
    server.fail(grpc.StatusCode.RESOURCE_EXHAUSTED, times=None, retry_after_s=0.02)
    with pytest.raises(Overloaded) as caught:
        client.recommend()
    assert caught.value.retry_after_s == 0.02


def test_an_overloaded_service_that_gives_no_time_gives_none(server: FakeServer, client: Client) -> None:
    server.fail(grpc.StatusCode.RESOURCE_EXHAUSTED, times=None)
    with pytest.raises(Overloaded) as caught:
        client.recommend()
    assert caught.value.retry_after_s is None


def test_a_failure_names_the_call_and_its_id(client: Client) -> None:
    with pytest.raises(NotFound) as caught:
        client.similar_items("nowhere", request_id="r-77")
    assert caught.value.request_id == "r-77"
    assert str(caught.value) == "SimilarItems: NOT_FOUND: unknown item 'nowhere' [request r-77]"


def test_an_exception_survives_pickling() -> None:
    failure = Failure(code=grpc.StatusCode.INVALID_ARGUMENT, message="no", violations=(Violation("a", "b"),))
    copied = pickle.loads(pickle.dumps(InvalidRequest(failure)))
    assert (type(copied), copied.failure, copied.violations) == (InvalidRequest, failure, failure.violations)


def test_a_method_that_the_service_does_not_have_is_a_server_error(serve: Serve) -> None:
    with Client(serve()) as client, pytest.raises(ServerError, match="UNIMPLEMENTED"):
        client.snapshots()
