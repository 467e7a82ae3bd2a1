"""The channel retries what may be retried, as often as it was told, and says so to the server."""

import json
import time

import grpc
import pytest

from firstlight import AsyncClient, ChannelConfig, Client, InvalidRequest, Overloaded, Query, RetryPolicy, Unavailable
from firstlight._retry import service_config
from firstlight.testing import FakeServer

TRANSIENT = [grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.RESOURCE_EXHAUSTED, grpc.StatusCode.CANCELLED]


@pytest.mark.parametrize("code", TRANSIENT, ids=lambda code: code.name)
def test_a_call_that_fails_twice_is_answered_at_the_third_attempt(
    server: FakeServer, client: Client, code: grpc.StatusCode
) -> None:
    server.fail(code, times=2)
    assert client.recommend().items
    assert [call.attempt for call in server.received] == [1, 2, 3]
    assert len({call.metadata["x-request-id"] for call in server.received}) == 1


async def test_the_asynchronous_client_retries_too(server: FakeServer, async_client: AsyncClient) -> None:
    server.fail(grpc.StatusCode.UNAVAILABLE, times=2)
    assert (await async_client.recommend()).items
    assert [call.attempt for call in server.received] == [1, 2, 3]


def test_every_reading_method_is_retried(server: FakeServer, client: Client) -> None:
    for method in ("Recommend", "BatchRecommend", "SimilarItems", "GetSnapshot", "ListSnapshots"):
        server.fail(grpc.StatusCode.UNAVAILABLE, method=method)
    client.recommend()
    client.recommend_batch([Query()])
    client.similar_items("milk-1")
    client.snapshot()
    client.snapshots()
    retried = {call.method for call in server.received if call.attempt == 2}
    assert retried == {"Recommend", "BatchRecommend", "SimilarItems", "GetSnapshot", "ListSnapshots"}


def test_an_activation_is_not_retried(server: FakeServer, client: Client) -> None:
    server.fail(grpc.StatusCode.UNAVAILABLE)
    with pytest.raises(Unavailable):
        client.activate_snapshot("s-00000000000a")
    assert len(server.received) == 1


def test_a_malformed_request_is_not_retried(server: FakeServer, client: Client) -> None:
    with pytest.raises(InvalidRequest):
        client.recommend(page_size=-1)
    assert len(server.received) == 1


def test_retries_end_after_the_last_attempt(server: FakeServer) -> None:
    server.fail(grpc.StatusCode.UNAVAILABLE, "down", times=None)
    policy = RetryPolicy(max_attempts=3, initial_backoff_s=0.01)
    with Client(server.target, channel=ChannelConfig(retry=policy)) as client, pytest.raises(Unavailable, match="down"):
        client.recommend()
    assert [call.attempt for call in server.received] == [1, 2, 3]


def test_without_a_policy_nothing_is_retried(server: FakeServer) -> None:
    server.fail(grpc.StatusCode.UNAVAILABLE)
    with Client(server.target, channel=ChannelConfig(retry=None)) as client, pytest.raises(Unavailable):
        client.recommend()
    assert len(server.received) == 1


def test_the_servers_pushback_goes_before_the_backoff(server: FakeServer, client: Client) -> None:
    server.fail(grpc.StatusCode.RESOURCE_EXHAUSTED, retry_after_s=0.4)
    started = time.monotonic()
    client.recommend()
    assert time.monotonic() - started >= 0.4
    assert len(server.received) == 2


def test_a_negative_pushback_ends_the_retries(server: FakeServer, client: Client) -> None:
    server.fail(grpc.StatusCode.RESOURCE_EXHAUSTED, times=None, retry_after_s=-0.001)
    with pytest.raises(Overloaded):
        client.recommend()
    assert len(server.received) == 1


def test_retries_are_throttled_while_most_calls_fail(server: FakeServer) -> None:
    server.fail(grpc.StatusCode.UNAVAILABLE, times=None)
    policy = RetryPolicy(initial_backoff_s=0.005, max_backoff_s=0.005, throttle_tokens=6)
    with Client(server.target, channel=ChannelConfig(retry=policy)) as client:
        for _ in range(10):
            with pytest.raises(Unavailable):
                client.recommend()
    assert 10 <= len(server.received) < 20  # unthrottled it would be 40


def test_the_deadline_counts_all_attempts(server: FakeServer, client: Client) -> None:
    server.fail(grpc.StatusCode.UNAVAILABLE, times=3, retry_after_s=0.05)
    client.recommend(timeout_s=1.5)
    left_s = [call.timeout_s or 0 for call in server.received]
    assert left_s == sorted(left_s, reverse=True)
    assert left_s[0] - left_s[-1] >= 0.14


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"max_attempts": 1}, "retry=None turns retries off"),
        ({"max_attempts": 6}, "must be in 2..5, got 6"),
        ({"initial_backoff_s": 0}, "RetryPolicy.initial_backoff_s must be a finite number of seconds above 0"),
        ({"initial_backoff_s": 0.001}, "RetryPolicy.initial_backoff_s must be at least 0.005, got 0.001"),
        ({"max_backoff_s": float("inf")}, "RetryPolicy.max_backoff_s must be a finite"),
        ({"backoff_multiplier": 0}, "RetryPolicy.backoff_multiplier must be above 0"),
        ({"throttle_tokens": 0}, "RetryPolicy.throttle_tokens must be in 1..1000"),
    ],
)
def test_a_policy_that_grpc_would_refuse_is_refused_by_name(settings: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        RetryPolicy(**settings)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def test_the_service_config_is_json_with_round_robin() -> None:
    config = json.loads(service_config(RetryPolicy(initial_backoff_s=0.05)))
    assert config["loadBalancingConfig"] == [{"round_robin": {}}]
    assert config["methodConfig"][0]["retryPolicy"]["initialBackoff"] == "0.050000000s"
    assert "methodConfig" not in json.loads(service_config(None))
