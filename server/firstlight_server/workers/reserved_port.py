"""Holds a port for workers that share it, before the first of them listens. Knows nothing of workers.

The socket is bound and never listens, so no connection ever comes to it.
"""

import socket
from collections.abc import Generator
from contextlib import contextmanager

from firstlight_server.errors import SettingsError


@contextmanager
def reserved_port(address: str, *, shared: bool) -> Generator[str]:
    """Gives the address to listen on, port 0 replaced by the one that was free.

    Args:
        address: "host:port", IPv6 hosts in brackets.
        shared: whether other programs may be listening there already.

    Raises:
        SettingsError: the address cannot be bound.
    """
    host, _, port = address.rpartition(":")
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(host.strip("[]"), int(port), type=socket.SOCK_STREAM)[0]
        if not shared:
            with _bound(family, kind, protocol, where, option=None):
                pass
        with _bound(family, kind, protocol, where, option=socket.SO_REUSEPORT) as held:
            yield f"{host}:{held.getsockname()[1]}"
    except OSError as error:
        raise SettingsError(f"listen: {address} cannot be listened on; is the port taken? ({error})") from error


@contextmanager
def _bound(family: int, kind: int, protocol: int, where: object, *, option: int | None) -> Generator[socket.socket]:
    with socket.socket(family, kind, protocol) as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if option is not None:
            one.setsockopt(socket.SOL_SOCKET, option, 1)
        one.bind(where)  # type: ignore[arg-type]  # the family decides its shape
        yield one
