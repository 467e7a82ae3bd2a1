"""What a client may be told, and what it refuses to be told."""

from pathlib import Path
from typing import Any

import pytest

import firstlight
from firstlight import ChannelConfig, Client, ClientConfig, TLSConfig

SDK: Any = firstlight  # without types, to pass what a type checker would refuse


def test_every_default_is_filled_in() -> None:
    with Client() as client:
        assert client.config == ClientConfig(
            target="localhost:50051", tenant="default", timeout_s=2.0, token=None, tls=None, channel=ChannelConfig()
        )


def test_a_token_is_never_shown() -> None:
    with Client("localhost:1", token="s3cret") as client:
        assert "s3cret" not in repr(client.config)
        assert "s3cret" not in repr(client)


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"target": ""}, ValueError, "target must name the service"),
        ({"target": 50051}, TypeError, "target must be a str, got int 50051"),
        ({"tenant": None}, TypeError, "tenant must be a str"),
        ({"timeout_s": 0}, ValueError, "timeout_s must be a finite number of seconds above 0, got 0"),
        ({"timeout_s": True}, TypeError, "timeout_s must be a number"),
        ({"token": 5}, TypeError, "token must be a str"),
        ({"tls": True}, TypeError, "tls must be a firstlight.TLSConfig, got bool True"),
        ({"channel": {}}, TypeError, "channel must be a firstlight.ChannelConfig"),
        ({"tenat": "x"}, TypeError, "tenat"),
    ],
)
def test_a_wrong_setting_is_refused_by_name(settings: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        SDK.Client(**settings)
    with pytest.raises(error, match=message):
        SDK.AsyncClient(**settings)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"max_message_bytes": 0}, "ChannelConfig.max_message_bytes must be at least 1, got 0"),
        ({"keepalive_s": -1}, "ChannelConfig.keepalive_s must be a finite number of seconds above 0"),
        ({"keepalive_timeout_s": 0}, "ChannelConfig.keepalive_timeout_s must be"),
    ],
)
def test_a_wrong_channel_setting_is_refused_by_name(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ChannelConfig(**settings)


@pytest.mark.parametrize(
    "target",
    [
        "localhost:50051",
        "127.0.0.1:1",
        "[::1]:50051",
        "dns:///localhost:50051",
        "ipv4:127.0.0.1:1,127.0.0.2:1",
        "unix:/tmp/s",
    ],
)
def test_a_token_may_travel_in_plain_sight_on_this_machine(target: str) -> None:
    assert ClientConfig(target=target, token="t").authorization() == "Bearer t"


@pytest.mark.parametrize(
    "target", ["10.0.0.1:50051", "shop.internal:1", "127.evil.test:1", "dns:///shop:1", "ipv4:127.0.0.1:1,10.0.0.1:1"]
)
def test_a_token_may_not_travel_in_plain_sight_to_another_machine(target: str) -> None:
    with pytest.raises(ValueError, match="in plain sight: give tls"):
        ClientConfig(target=target, token="t")
    assert ClientConfig(target=target, token="t", tls=TLSConfig()).authorization() == "Bearer t"
    assert ClientConfig(target=target, token="t", channel=ChannelConfig(allow_plaintext_token=True)).authorization()


@pytest.mark.parametrize("token", ["", "two words", "line\n", "größe"])
def test_a_token_that_metadata_cannot_carry_is_refused_without_repeating_it(token: str) -> None:
    with pytest.raises(ValueError, match="must be printable ASCII") as caught:
        ClientConfig(token=token).authorization()
    assert not token or token not in str(caught.value)


def test_half_a_client_certificate_is_refused() -> None:
    with pytest.raises(ValueError, match="go together: give both or neither"):
        TLSConfig(client_certificate=b"-----BEGIN CERTIFICATE-----")


def test_a_certificate_given_as_text_is_refused() -> None:
    with pytest.raises(TypeError, match=r"TLSConfig.root_certificates must be PEM bytes or a pathlib.Path, got str"):
        SDK.TLSConfig(root_certificates="authority.pem")


def test_a_certificate_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"nowhere\.pem"):
        Client(tls=TLSConfig(root_certificates=tmp_path / "nowhere.pem"))
