"""Where Prometheus scrapes: HTTP on threads of its own, so that a slow scraper never holds up a call.

Each server process has its own address (see `worker_address`). Knows nothing of what is exported.
"""

import socket
from dataclasses import dataclass
from socketserver import TCPServer, ThreadingMixIn
from threading import Thread
from typing import TYPE_CHECKING, cast
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from prometheus_client import (
    CollectorRegistry,
    make_wsgi_app,  # pyright: ignore[reportUnknownVariableType]
)

from firstlight_server.errors import SettingsError

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

_LAST_PORT = 65_535
_CLOSE_POLL_S = 0.1
_SCRAPE_TIMEOUT_S = 30.0


@dataclass(frozen=True)
class MetricsEndpoint:
    """An open endpoint on ``port``."""

    port: int
    _server: WSGIServer
    _thread: Thread

    @classmethod
    def open(cls, address: str, registry: CollectorRegistry) -> "MetricsEndpoint":
        """Serves ``registry`` at ``address``, ``host:port``, under any path; port 0 takes a free one.

        Raises:
            SettingsError: it cannot be listened on.
        """
        host, _, port = address.rpartition(":")
        make = _ServerOverIPv6 if host.startswith("[") else _Server
        try:
            server = make((host.strip("[]"), int(port)), _Scrape)
        except OSError as error:
            raise SettingsError(
                f"metrics_listen: {address} cannot be listened on; is the port taken? Name another, or none "
                f"to have no metrics ({error})"
            ) from error
        server.set_app(cast("WSGIApplication", make_wsgi_app(registry)))
        thread = Thread(target=server.serve_forever, args=(_CLOSE_POLL_S,), name="metrics", daemon=True)
        thread.start()
        return cls(server.server_port, server, thread)

    def close(self) -> None:
        """Stops listening; blocks for up to a tenth of a second."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def worker_address(address: str, worker: int) -> str:
    """Where worker ``worker`` (0, 1, ...) of several processes listens: each on the port after the one before.

    One registry a process keeps counting free of disk writes, and shows what differs between workers: memory, the
    snapshot that each has taken up, a respawn.

    Raises:
        SettingsError: there is no such port.
    """
    host, _, port = address.rpartition(":")
    if not address or port == "0":
        return address
    if int(port) + worker > _LAST_PORT:
        raise SettingsError(f"metrics_listen: worker {worker} would need port {int(port) + worker}; name a lower one")
    return f"{host}:{int(port) + worker}"


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True  # a scraper that hangs does not hold up the end of the process

    def server_bind(self) -> None:
        TCPServer.server_bind(self)  # WSGIServer's own asks DNS for the host's name, which can take seconds
        self.server_name, self.server_port = "", self.socket.getsockname()[1]
        self.setup_environ()


class _ServerOverIPv6(_Server):
    address_family = socket.AF_INET6


class _Scrape(WSGIRequestHandler):
    timeout = _SCRAPE_TIMEOUT_S

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Says nothing: the server's log is for calls."""
