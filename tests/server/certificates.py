"""Real certificates, made on the spot: an authority signs for whom, from when and until when a test says."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from firstlight import TLSConfig

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Pair:
    """A certificate and its key, PEM."""

    certificate: bytes
    key: bytes

    def write(self, directory: Path, name: str) -> tuple[Path, Path]:
        """Writes `name`.pem and `name`.key, each replaced in one step, and returns their paths."""
        paths = directory / f"{name}.pem", directory / f"{name}.key"
        for path, content in zip(paths, (self.certificate, self.key), strict=True):
            path.with_suffix(".new").write_bytes(content)
            path.with_suffix(".new").replace(path)
        return paths


@dataclass(frozen=True)
class Authority:
    """Signs certificates; two of the same name are still two."""

    name: str = "tests"
    _key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    @property
    def certificate(self) -> bytes:
        """Its own, self-signed, PEM."""
        builder = _builder(self.name, self.name, self._key.public_key(), ends_in=24 * HOUR)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        return builder.sign(self._key, hashes.SHA256()).public_bytes(Encoding.PEM)

    def pair(self, name: str = "localhost", *, ends_in: timedelta = HOUR) -> Pair:
        """A pair for `name`, which also names 127.0.0.1 if it is localhost; `ends_in` may be negative."""
        key = ec.generate_private_key(ec.SECP256R1())
        names: list[x509.GeneralName] = [x509.DNSName(name)]
        if name == "localhost":
            names.append(x509.IPAddress(ip_address("127.0.0.1")))
        builder = _builder(name, self.name, key.public_key(), ends_in=ends_in)
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        signed = builder.sign(self._key, hashes.SHA256())
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return Pair(signed.public_bytes(Encoding.PEM), pem)

    def tls(self, own: Pair | None = None, *, server_name: str | None = None) -> TLSConfig:
        """What a caller needs who trusts this authority and shows `own`."""
        return TLSConfig(
            root_certificates=self.certificate,
            client_certificate=own.certificate if own else None,
            client_key=own.key if own else None,
            server_name=server_name,
        )


def _builder(
    subject: str, issuer: str, key: ec.EllipticCurvePublicKey, *, ends_in: timedelta
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(min(now, now + ends_in) - HOUR)
        .not_valid_after(now + ends_in)
    )
