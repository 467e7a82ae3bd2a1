"""Asks a running server for its health, as containers and service managers do. Knows nothing of settings."""

from dataclasses import dataclass, field
from pathlib import Path

import grpc
from grpc_health.v1 import health, health_pb2

from firstlight_server.errors import SettingsError

_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]"}
_CHECK = f"/{health.SERVICE_NAME}/Check"
_Status = health_pb2.HealthCheckResponse


@dataclass(frozen=True)
class ProbeTLS:
    """How to reach a server that speaks TLS.

    Attributes:
        ca: the authorities to trust, PEM; None: plaintext.
        certificate: our own chain, where the server asks for one; goes with ``key``.
        key: its private key.
        server_name: the name in the server's certificate, where it is not the host's.
    """

    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = field(default=None, repr=False)
    server_name: str | None = None

    def channel(self, target: str) -> grpc.Channel:
        """A channel to ``target``.

        Raises:
            SettingsError: a file cannot be read.
        """
        if self.ca is None:
            return grpc.insecure_channel(target)
        credentials = grpc.ssl_channel_credentials(_pem(self.ca), _pem(self.key), _pem(self.certificate))
        named = () if self.server_name is None else (("grpc.ssl_target_name_override", self.server_name),)
        return grpc.secure_channel(target, credentials, options=named)


@dataclass(frozen=True)
class ProbeResult:
    """Whether the server is SERVING, and what it said, for people."""

    ok: bool
    summary: str


def probe(target: str, *, service: str, timeout_s: float, tls: ProbeTLS) -> ProbeResult:
    """Asks once, for the whole server if ``service`` is empty; waits ``timeout_s`` seconds at most.

    Raises:
        SettingsError: a certificate cannot be read.
    """
    with tls.channel(target) as channel:
        check = channel.unary_unary(
            _CHECK,
            request_serializer=health_pb2.HealthCheckRequest.SerializeToString,
            response_deserializer=health_pb2.HealthCheckResponse.FromString,
        )
        try:
            status = check(health_pb2.HealthCheckRequest(service=service), timeout=timeout_s).status
        except grpc.RpcError as error:
            return ProbeResult(False, f"{target}: {error.code().name}: {error.details()}")
    return ProbeResult(status == _Status.SERVING, f"{target}: {_Status.ServingStatus.Name(status)}")


def target_of(listen: str) -> str:
    """Where to find, on this machine, a server that listens on ``listen``."""
    host, _, port = listen.rpartition(":")
    return f"{_EVERYWHERE.get(host, host)}:{port}"


def _pem(file: Path | None) -> bytes | None:
    try:
        return None if file is None else file.read_bytes()
    except OSError as error:
        raise SettingsError(f"{file} cannot be read: {error}") from error
