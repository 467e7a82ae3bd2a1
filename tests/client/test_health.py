"""Health and readiness, against the fake server and against the real health service of grpcio-health-checking."""

import threading
import time
from functools import partial

import grpc
import pytest
from grpc_health.v1 import health_pb2
from grpc_health.v1.health import HealthServicer
from grpc_health.v1.health_pb2_grpc import add_HealthServicer_to_server

from firstlight import AsyncClient, Client, PermissionDenied, ServerError, Unavailable, _health
from firstlight.testing import FakeServer

from .conftest import Serve

SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING


@pytest.mark.parametrize("serving", [True, False])
def test_the_real_health_service_is_understood(serve: Serve, serving: bool) -> None:
    servicer = HealthServicer()
    servicer.set("", SERVING if serving else NOT_SERVING)
    with Client(serve(partial(add_HealthServicer_to_server, servicer))) as client:
        assert client.healthy() is serving


def test_the_hand_made_messages_are_the_real_ones() -> None:
    assert health_pb2.HealthCheckRequest.FromString(_health.encode_request("shop")).service == "shop"
    assert health_pb2.HealthCheckResponse.FromString(_health.encode_response(True)).status == SERVING
    assert health_pb2.HealthCheckResponse.FromString(_health.encode_response(False)).status == NOT_SERVING
    assert _health.decode_request(health_pb2.HealthCheckRequest(service="shop").SerializeToString()) == "shop"
    unknown = health_pb2.HealthCheckResponse(status=health_pb2.HealthCheckResponse.UNKNOWN)
    assert _health.decode_response(unknown.SerializeToString()) is False


def test_a_server_out_of_reach_is_not_healthy() -> None:
    with Client("localhost:1") as client:
        assert client.healthy() is False


def test_a_server_that_does_not_answer_in_time_is_not_healthy(server: FakeServer, client: Client) -> None:
    server.delay(5)
    assert client.healthy(timeout_s=0.1) is False


def test_a_server_without_a_health_service_says_so(serve: Serve) -> None:
    with Client(serve()) as client, pytest.raises(ServerError, match="Check: UNIMPLEMENTED"):
        client.healthy()


def test_waiting_ends_when_the_server_begins_to_serve(server: FakeServer, client: Client) -> None:
    server.serving = False
    threading.Timer(0.3, lambda: setattr(server, "serving", True)).start()
    started = time.monotonic()
    client.wait_until_ready(timeout_s=10)
    assert 0.2 < time.monotonic() - started < 5


def test_waiting_ends_when_the_server_comes_up() -> None:
    server = FakeServer()
    threading.Timer(0.3, server.start).start()
    try:
        with Client(server.target) as client:
            client.wait_until_ready(timeout_s=10)
            assert client.healthy()
    finally:
        server.stop()


def test_waiting_in_vain_says_what_stood_in_the_way(server: FakeServer, client: Client) -> None:
    server.serving = False
    with pytest.raises(Unavailable, match=r"was not ready within 0\.3 s: it answers, but is not serving yet"):
        client.wait_until_ready(timeout_s=0.3)
    with Client("localhost:1") as nowhere, pytest.raises(Unavailable, match=r"localhost:1 was not ready within 0\.3 s"):
        nowhere.wait_until_ready(timeout_s=0.3)


def test_waiting_does_not_outwait_a_refusal(server: FakeServer, client: Client) -> None:
    server.fail(grpc.StatusCode.PERMISSION_DENIED)
    with pytest.raises(PermissionDenied):
        client.wait_until_ready(timeout_s=10)


async def test_the_asynchronous_client_waits_and_asks_alike(server: FakeServer, async_client: AsyncClient) -> None:
    server.serving = False
    assert await async_client.healthy() is False
    with pytest.raises(Unavailable, match="it answers, but is not serving yet"):
        await async_client.wait_until_ready(timeout_s=0.2)
    server.serving = True
    await async_client.wait_until_ready(timeout_s=5)
    assert await async_client.healthy() is True
