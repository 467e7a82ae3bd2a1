"""Every call has a deadline: the client's, or its own."""

import time

import pytest

from firstlight import AsyncClient, Client, DeadlineExceeded
from firstlight.testing import FakeServer


def test_a_call_has_two_seconds_unless_told_otherwise(server: FakeServer, client: Client) -> None:
    client.recommend()
    client.snapshots()
    client.healthy()
    assert all(1.5 < (call.timeout_s or 0) < 2.5 for call in server.received)


def test_a_client_may_set_the_deadline_of_all_its_calls(server: FakeServer) -> None:
    with Client(server.target, timeout_s=30) as client:
        client.recommend()
    assert 29 < (server.received[0].timeout_s or 0) < 31


def test_a_call_may_set_its_own_deadline(server: FakeServer, client: Client) -> None:
    client.recommend(timeout_s=60)
    assert 59 < (server.received[0].timeout_s or 0) < 61


def test_a_slow_answer_ends_with_the_deadline(server: FakeServer, client: Client) -> None:
    server.delay(5)
    started = time.monotonic()
    with pytest.raises(DeadlineExceeded, match=r"no answer within 0\.2 s"):
        client.recommend(timeout_s=0.2)
    assert time.monotonic() - started < 2


async def test_a_slow_answer_ends_with_the_deadline_asynchronously(
    server: FakeServer, async_client: AsyncClient
) -> None:
    server.delay(5)
    with pytest.raises(DeadlineExceeded, match=r"no answer within 0\.2 s"):
        await async_client.recommend(timeout_s=0.2)


@pytest.mark.parametrize("timeout_s", [0, -1, float("nan"), float("inf")])
def test_a_deadline_that_is_none_is_refused(client: Client, timeout_s: float) -> None:
    with pytest.raises(ValueError, match="timeout_s must be a finite number of seconds above 0"):
        client.recommend(timeout_s=timeout_s)


def test_a_deadline_that_is_no_number_is_refused(client: Client) -> None:
    with pytest.raises(TypeError, match="timeout_s must be a number, got str '2'"):
        client.recommend(timeout_s="2")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
