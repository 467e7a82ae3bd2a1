"""One call and its surroundings: id, tenant, deadline, metadata; and what both clients know before they call.

It does not know channels: how a call is made, blocking or not, is the clients' own.
"""

import uuid
from dataclasses import dataclass
from typing import Unpack

from firstlight import _arguments
from firstlight._config import DEFAULT_TARGET, ClientConfig, ClientSettings
from firstlight._errors import ClientClosed

REQUEST_ID_KEY = "x-request-id"
"""The metadata under which every call carries its id, those of the index service
too, whose messages have no field for it."""

TENANT_KEY = "x-tenant"
"""The metadata that repeats the tenant, so that an overloaded service can refuse a call before it has read it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call.

    Attributes:
        method: The RPC's name, such as "Recommend".
        tenant: The tenant in whose name.
        request_id: Its id.
        timeout_s: Its deadline in seconds from now, all attempts counted.
        metadata: What travels beside the message.

    """

    method: str
    tenant: str
    request_id: str
    timeout_s: float
    metadata: tuple[tuple[str, str], ...]


class ClientBase:
    """What `Client` and `AsyncClient` share: the configuration, and the making of a `Call`."""

    def __init__(self, target: str = DEFAULT_TARGET, **settings: Unpack[ClientSettings]) -> None:
        """Remember where the service is; nothing is sent before the first call.

        Args:
            target: The service, such as "localhost:50051" or "dns:///firstlight.internal:50051".
            settings: The keywords of `ClientConfig`: `tenant`, `timeout_s`, `token`, `tls` and `channel`.

        Raises:
            TypeError: An argument has the wrong type; the message names it.
            ValueError: An argument is impossible; the message names it.

        """
        self._config = ClientConfig(target=target, **settings)
        self._closed = False

    @property
    def config(self) -> ClientConfig:
        """What the client was told, with every default filled in."""
        return self._config

    def __repr__(self) -> str:
        state = ", closed" if self._closed else ""
        return f"{type(self).__name__}({self._config.target!r}, tenant={self._config.tenant!r}{state})"

    def _begin(
        self, method: str, *, tenant: str | None, timeout_s: float | None, request_id: str | None = None
    ) -> Call:
        if self._closed:
            raise ClientClosed(f"this {type(self).__name__} was closed: make a new one to call {method}")
        request_id = request_id or uuid.uuid4().hex
        tenant = self._config.tenant if tenant is None else _arguments.text("tenant", tenant)
        return Call(
            method=method,
            tenant=tenant,
            request_id=request_id,
            timeout_s=self._config.timeout_s if timeout_s is None else _arguments.seconds("timeout_s", timeout_s),
            metadata=self._metadata(request_id, tenant),
        )

    def _metadata(self, request_id: str, tenant: str) -> tuple[tuple[str, str], ...]:
        named = ((REQUEST_ID_KEY, request_id), (TENANT_KEY, tenant))
        # What a header may hold; the message carries any value.
        pairs = [(key, value) for key, value in named if value.isascii() and value.isprintable()]
        if (authorization := self._config.authorization()) is not None:
            pairs.append(("authorization", authorization))
        return tuple(pairs)
