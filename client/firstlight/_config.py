"""What a client is told: where the service is, in whose name to speak, and how the channel behaves.

Every default is written here, once. It does not open channels, and reads no environment.
"""

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias, TypedDict

from firstlight import _arguments
from firstlight._retry import RetryPolicy
from firstlight._tls import TLSConfig

DEFAULT_TARGET = "localhost:50051"
DEFAULT_TENANT = "default"
DEFAULT_TIMEOUT_S = 2.0

Token: TypeAlias = str | Callable[[], str]
"""A bearer token, or what returns the one to send with the next call (tokens that expire)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelConfig:
    """How the channel behaves; the defaults suit a service in the same data centre.

    Attributes:
        retry: The retries of idempotent calls; None for none.
        max_message_bytes: The largest request and reply, in bytes.
        keepalive_s: How often the connection is probed while a call waits, in seconds.
        keepalive_timeout_s: After how long without a sign of life it counts as dead, in seconds.
        use_http_proxy: Whether the `http_proxy` environment variables apply; internal services seldom want that.
        allow_plaintext_token: Whether a token may travel without TLS to another machine, as inside a service mesh.

    """

    retry: RetryPolicy | None = field(default_factory=RetryPolicy)
    max_message_bytes: int = 64 * 2**20
    keepalive_s: float = 30.0
    keepalive_timeout_s: float = 10.0
    use_http_proxy: bool = False
    allow_plaintext_token: bool = False

    def __post_init__(self) -> None:
        if self.retry is not None:
            _arguments.instance("ChannelConfig.retry", self.retry, RetryPolicy)
        if _arguments.integer("ChannelConfig.max_message_bytes", self.max_message_bytes) < 1:
            raise ValueError(f"ChannelConfig.max_message_bytes must be at least 1, got {self.max_message_bytes}")
        _arguments.seconds("ChannelConfig.keepalive_s", self.keepalive_s)
        _arguments.seconds("ChannelConfig.keepalive_timeout_s", self.keepalive_timeout_s)
        _arguments.flag("ChannelConfig.use_http_proxy", self.use_http_proxy)
        _arguments.flag("ChannelConfig.allow_plaintext_token", self.allow_plaintext_token)


class ClientSettings(TypedDict, total=False):
    """The keywords of a `ClientConfig` but the target, for the clients' signatures; a test holds the two together."""

    tenant: str
    timeout_s: float
    token: Token | None
    tls: TLSConfig | None
    channel: ChannelConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientConfig:
    """Everything that a client is told; `Client` and `AsyncClient` take the same.

    Attributes:
        target: The service in gRPC's name syntax: "host:port", "dns:///host:port", "unix:/path",
            "ipv4:10.0.0.1:50051,10.0.0.2:50051".
        tenant: The tenant of calls that name none.
        timeout_s: The deadline of calls that name none, in seconds.
        token: The bearer token, if any. Never shown by `repr`.
        tls: TLS, if any.
        channel: How the channel behaves.

    Raises:
        TypeError: A value has the wrong type.
        ValueError: A deadline that is none, or a token that would travel in plain sight.

    """

    target: str = DEFAULT_TARGET
    tenant: str = DEFAULT_TENANT
    timeout_s: float = DEFAULT_TIMEOUT_S
    token: Token | None = field(default=None, repr=False)
    tls: TLSConfig | None = None
    channel: ChannelConfig = field(default_factory=ChannelConfig)

    def __post_init__(self) -> None:
        if not _arguments.text("target", self.target):
            raise ValueError(f"target must name the service, such as {DEFAULT_TARGET!r}; got an empty string")
        _arguments.text("tenant", self.tenant)
        _arguments.seconds("timeout_s", self.timeout_s)
        _arguments.instance("channel", self.channel, ChannelConfig)
        if self.tls is not None:
            _arguments.instance("tls", self.tls, TLSConfig)
        if self.token is not None and not callable(self.token):
            _arguments.text("token", self.token)
        self._check_token_is_private()

    def _check_token_is_private(self) -> None:
        if self.token is None or self.tls is not None or self.channel.allow_plaintext_token or _is_local(self.target):
            return
        raise ValueError(
            f"a token would travel to {self.target} in plain sight: give tls=TLSConfig(...), or, where something else "
            "encrypts the way, channel=ChannelConfig(allow_plaintext_token=True)"
        )

    def authorization(self) -> str | None:
        """Return the value of the `authorization` metadata for the next call, or None.

        Raises:
            ValueError: The token holds characters that metadata cannot carry; the error does not repeat it.

        """
        token = self.token() if callable(self.token) else self.token
        if token is None:
            return None
        if not re.fullmatch(r"[\x21-\x7e]+", token):
            raise ValueError("the token must be printable ASCII without blanks: is there a line break at its end?")
        return f"Bearer {token}"


def _is_local(target: str) -> bool:
    """Whether every address of the target is on this machine."""
    if target.startswith(("unix:", "unix-abstract:")):
        return True
    addresses = re.sub(r"^(dns|ipv4|ipv6):(//[^/]*/)?", "", target).split(",")
    return all(_is_loopback(address) for address in addresses)


def _is_loopback(address: str) -> bool:
    bracketed = re.fullmatch(r"\[(.+)\](:\d+)?", address)
    host = bracketed[1] if bracketed else address.rsplit(":", 1)[0]
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
