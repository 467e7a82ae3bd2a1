"""What the channel carries beside the messages: identity, tokens, TLS, limits."""

from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest

import firstlight
from firstlight import (
    AsyncClient,
    ChannelConfig,
    Client,
    Overloaded,
    RetryPolicy,
    TLSConfig,
    Unauthenticated,
    Unavailable,
)
from firstlight._channel import options
from firstlight._config import ClientConfig
from firstlight.testing import FakeServer

SERVER_NAME = "server.firstlight.test"


@pytest.fixture
def secure_server(certificates: Path) -> Iterator[FakeServer]:
    pair = ((certificates / "server.key").read_bytes(), (certificates / "server.pem").read_bytes())
    with FakeServer(credentials=grpc.ssl_server_credentials([pair]), token="s3cret") as running:
        yield running


@pytest.fixture
def mutual_server(certificates: Path) -> Iterator[FakeServer]:
    pair = ((certificates / "server.key").read_bytes(), (certificates / "server.pem").read_bytes())
    authority = (certificates / "authority.pem").read_bytes()
    credentials = grpc.ssl_server_credentials([pair], root_certificates=authority, require_client_auth=True)
    with FakeServer(credentials=credentials) as running:
        yield running


def test_the_user_agent_names_the_sdk_and_its_version(server: FakeServer, client: Client) -> None:
    client.recommend()
    assert server.received[0].metadata["user-agent"].startswith(f"firstlight-python/{firstlight.__version__} grpc-")


def test_the_right_token_opens_and_the_wrong_one_does_not() -> None:
    with FakeServer(token="s3cret") as server:
        with Client(server.target, token="s3cret") as client:
            assert client.recommend().items
        for wrong in ("other", None):
            with Client(server.target, token=wrong) as client, pytest.raises(Unauthenticated):
                client.recommend()


def test_a_token_that_expires_is_asked_for_at_every_call(server: FakeServer) -> None:
    tokens = iter(["first", "second"])
    with Client(server.target, token=lambda: next(tokens)) as client:
        client.recommend()
        client.recommend()
    assert [call.metadata["authorization"] for call in server.received] == ["Bearer first", "Bearer second"]


def test_tls_with_the_right_authority_connects(secure_server: FakeServer, certificates: Path) -> None:
    tls = TLSConfig(root_certificates=certificates / "authority.pem", server_name=SERVER_NAME)
    with Client(secure_server.target, tls=tls, token="s3cret") as client:
        assert client.recommend().items


async def test_tls_with_the_right_authority_connects_asynchronously(
    secure_server: FakeServer, certificates: Path
) -> None:
    roots = (certificates / "authority.pem").read_bytes()
    tls = TLSConfig(root_certificates=roots, server_name=SERVER_NAME)
    async with AsyncClient(secure_server.target, tls=tls, token="s3cret") as client:
        assert (await client.recommend()).items


def test_tls_that_does_not_know_the_authority_does_not_connect(secure_server: FakeServer) -> None:
    config = ChannelConfig(retry=None)
    with (
        Client(secure_server.target, tls=TLSConfig(server_name=SERVER_NAME), channel=config) as client,
        pytest.raises(Unavailable),
    ):
        client.recommend()
    assert secure_server.received == []


def test_tls_refuses_a_server_of_another_name(secure_server: FakeServer, certificates: Path) -> None:
    tls = TLSConfig(root_certificates=certificates / "authority.pem")  # the certificate is not localhost's
    with (
        Client(secure_server.target, tls=tls, channel=ChannelConfig(retry=None)) as client,
        pytest.raises(Unavailable),
    ):
        client.recommend()


def test_mutual_tls_wants_our_certificate(mutual_server: FakeServer, certificates: Path) -> None:
    authority = certificates / "authority.pem"
    ours = TLSConfig(
        root_certificates=authority,
        client_certificate=certificates / "client.pem",
        client_key=certificates / "client.key",
        server_name=SERVER_NAME,
    )
    with Client(mutual_server.target, tls=ours) as client:
        assert client.recommend().items
    nobody = TLSConfig(root_certificates=authority, server_name=SERVER_NAME)
    with (
        Client(mutual_server.target, tls=nobody, channel=ChannelConfig(retry=None)) as client,
        pytest.raises(Unavailable),
    ):
        client.recommend()


def test_a_request_over_the_limit_is_not_sent(server: FakeServer) -> None:
    config = ChannelConfig(max_message_bytes=200, retry=RetryPolicy(max_attempts=2, initial_backoff_s=0.01))
    with Client(server.target, channel=config) as client, pytest.raises(Overloaded, match="larger than max"):
        client.recommend(exclude=["x" * 100] * 3)
    assert server.received == []


def test_a_reply_over_the_limit_is_refused(server: FakeServer) -> None:
    config = ChannelConfig(max_message_bytes=200, retry=None)
    with Client(server.target, channel=config) as client, pytest.raises(Overloaded, match="larger than max"):
        client.recommend()


def test_no_limit_of_the_channel_is_left_infinite() -> None:
    given = dict(options(ClientConfig()))
    assert given["grpc.max_receive_message_length"] == given["grpc.max_send_message_length"] == 64 * 2**20
    assert (given["grpc.keepalive_time_ms"], given["grpc.keepalive_timeout_ms"]) == (30_000, 10_000)


def test_calls_go_round_the_addresses_of_a_target() -> None:
    with FakeServer() as first, FakeServer() as second:
        ports = [each.target.rpartition(":")[2] for each in (first, second)]
        with Client("ipv4:" + ",".join(f"127.0.0.1:{port}" for port in ports)) as client:
            for _ in range(40):
                client.recommend()
                if first.received and second.received:
                    break
        assert first.received
        assert second.received


def test_a_call_moves_on_to_an_address_that_answers(server: FakeServer) -> None:
    port = server.target.rpartition(":")[2]
    with Client(f"ipv4:127.0.0.1:1,127.0.0.1:{port}") as client:
        for _ in range(5):
            assert client.recommend().items
