"""The server's certificate, its key and the clients' authority, read from PEM files and checked against each other.

Knows nothing of gRPC, nor of when files change.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from firstlight_server.errors import SettingsError
from firstlight_server.settings import Settings


@dataclass(frozen=True)
class Certificates:
    """PEM bytes that belong together, as they were when they were read.

    Attributes:
        chain: the server's certificate, then what signed it.
        key: its private key.
        client_ca: the authorities whose clients are let in; None where clients need no certificate.
        expires_at: when the server's own certificate ends.
    """

    chain: bytes
    key: bytes
    client_ca: bytes | None
    expires_at: datetime


@dataclass(frozen=True)
class CertificateFiles:
    """Where they lie."""

    chain: Path
    key: Path
    client_ca: Path | None

    @classmethod
    def of(cls, settings: Settings) -> "CertificateFiles | None":
        """Those of ``settings``; None where the server speaks no TLS."""
        if settings.tls_certificate is None or settings.tls_key is None:
            return None
        return cls(settings.tls_certificate, settings.tls_key, settings.tls_client_ca)

    def version(self) -> tuple[tuple[int, ...], ...]:
        """What changes when a file is replaced or rewritten; cheap. An absent file is a version too."""
        return tuple(_version(path) for path in (self.chain, self.key, self.client_ca) if path is not None)

    def read(self, *, now: datetime | None = None) -> Certificates:
        """Reads and checks all of them.

        Raises:
            SettingsError: a file cannot be read, the key is another certificate's, or a certificate is not valid now.
        """
        chain, key = _bytes("tls_certificate", self.chain), _bytes("tls_key", self.key)
        own = _certificates("tls_certificate", self.chain, chain)[0]
        _require_valid("tls_certificate", self.chain, own, now=now or datetime.now(UTC))
        _require_key(self, own, key)
        client_ca = None
        if self.client_ca is not None:
            client_ca = _bytes("tls_client_ca", self.client_ca)
            for authority in _certificates("tls_client_ca", self.client_ca, client_ca):
                _require_valid("tls_client_ca", self.client_ca, authority, now=now or datetime.now(UTC))
        return Certificates(chain, key, client_ca, own.not_valid_after_utc)


def _version(path: Path) -> tuple[int, ...]:
    try:
        status = path.stat()
    except OSError:
        return ()
    return (status.st_ino, status.st_size, status.st_mtime_ns)


def _bytes(setting: str, path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SettingsError(f"{setting}: {path} cannot be read: {error.strerror}") from error


def _certificates(setting: str, path: Path, pem: bytes) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(pem)
    except ValueError as error:
        raise SettingsError(f"{setting}: {path} holds no certificate in PEM; is it the right file?") from error


def _require_valid(setting: str, path: Path, certificate: x509.Certificate, *, now: datetime) -> None:
    first, last = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if now > last:
        raise SettingsError(f"{setting}: {path} expired on {last:%Y-%m-%d %H:%M} UTC; renew it")
    if now < first:
        raise SettingsError(f"{setting}: {path} is valid only from {first:%Y-%m-%d %H:%M} UTC; is the clock right?")


def _require_key(files: CertificateFiles, own: x509.Certificate, pem: bytes) -> None:
    try:
        key = load_pem_private_key(pem, password=None)
    except (TypeError, ValueError) as error:  # a TypeError where the key is encrypted
        raise SettingsError(f"tls_key: {files.key} holds no private key in PEM without a password") from error
    as_bytes = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if key.public_key().public_bytes(*as_bytes) != own.public_key().public_bytes(*as_bytes):
        raise SettingsError(f"tls_key: {files.key} is not the key of tls_certificate {files.chain}; give the pair")
