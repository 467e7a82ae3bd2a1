"""TLS: which servers to trust, and how to prove who we are. It reads certificate files; it does not know tokens."""

from dataclasses import dataclass, field
from pathlib import Path

import grpc


@dataclass(frozen=True, slots=True, kw_only=True)
class TLSConfig:
    """Certificates in PEM, each as bytes or as a path that is read when the channel opens.

    Attributes:
        root_certificates: The authorities to trust. If None, those that gRPC ships with.
        client_certificate: Our own chain, for mutual TLS.
        client_key: Its private key; goes with `client_certificate`.
        server_name: The name that the server's certificate must hold, where it is not the target's.

    Raises:
        ValueError: Only one of `client_certificate` and `client_key` is given.

    """

    root_certificates: bytes | Path | None = None
    client_certificate: bytes | Path | None = None
    client_key: bytes | Path | None = field(default=None, repr=False)
    server_name: str | None = None

    def __post_init__(self) -> None:
        if (self.client_certificate is None) != (self.client_key is None):
            raise ValueError("TLSConfig.client_certificate and TLSConfig.client_key go together: give both or neither")
        for name in ("root_certificates", "client_certificate", "client_key"):
            _check_pem(f"TLSConfig.{name}", getattr(self, name))

    def channel_credentials(self) -> grpc.ChannelCredentials:
        """Return the credentials for a channel.

        Raises:
            OSError: A file cannot be read; the error names it.

        """
        return grpc.ssl_channel_credentials(
            root_certificates=_pem(self.root_certificates),
            private_key=_pem(self.client_key),
            certificate_chain=_pem(self.client_certificate),
        )


def _check_pem(name: str, value: object) -> None:
    if not isinstance(value, bytes | Path | None):
        raise TypeError(f"{name} must be PEM bytes or a pathlib.Path, got {type(value).__name__}")


def _pem(source: bytes | Path | None) -> bytes | None:
    return source.read_bytes() if isinstance(source, Path) else source
