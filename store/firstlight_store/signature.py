"""Who vouches for a snapshot: an ed25519 signature over the bytes of its manifest, in a file beside it.

The manifest lists the SHA-256 of every other file, so the signature covers the whole snapshot. A snapshot without one
is as good as ever to whoever trusts no keys. It knows nothing of what a manifest says, nor of which snapshot is served.
"""

import re
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from firstlight_store.errors import KeyInvalid, SignatureInvalid, SignatureMissing

SIGNATURE_NAME: Final = "manifest.sig"
SIGNATURE_BYTES: Final = 64
_PUBLIC_PEM: Final = re.compile(rb"-----BEGIN PUBLIC KEY-----.+?-----END PUBLIC KEY-----", re.DOTALL)


class PublicKeys:
    """Whose signatures are trusted: any one of these keys will do, so that a key can be replaced without a gap."""

    def __init__(self, keys: Sequence[Ed25519PublicKey]) -> None:
        self._keys = tuple(keys)

    @classmethod
    def read(cls, path: Path) -> "PublicKeys":
        """Read a PEM file of one or more public keys.

        Raises:
            KeyInvalid: it cannot be read, or holds anything else than ed25519 public keys.
        """
        blocks = _PUBLIC_PEM.findall(_content(path))
        keys: list[Ed25519PublicKey] = []
        for block in blocks:
            try:
                key = load_pem_public_key(block)
            except (ValueError, UnsupportedAlgorithm) as error:
                raise KeyInvalid(f"{path} holds a public key that cannot be read; write it anew") from error
            if not isinstance(key, Ed25519PublicKey):
                raise KeyInvalid(f"{path} holds a key that is not ed25519; make a pair with `firstlight-indexer keys`")
            keys.append(key)
        if not keys:
            raise KeyInvalid(f"{path} holds no public key in PEM; it is the file that ends in .pub")
        return cls(keys)

    def trust(self, signature: bytes, content: bytes) -> bool:
        """Whether one of the keys made `signature` over `content`."""
        return any(_verifies(key, signature, content) for key in self._keys)


class SigningKey:
    """The private half: it signs. Never shown."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key

    @classmethod
    def new(cls) -> "SigningKey":
        """Make a new one, at random."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def read(cls, path: Path) -> "SigningKey":
        """Read a PEM file with one private key.

        Raises:
            KeyInvalid: it cannot be read, or is anything else.
        """
        try:
            key = load_pem_private_key(_content(path), password=None)
        except (TypeError, ValueError, UnsupportedAlgorithm) as error:
            raise KeyInvalid(f"{path} holds no private key in PEM without a password") from error
        if not isinstance(key, Ed25519PrivateKey):
            raise KeyInvalid(f"{path} holds a key that is not ed25519; make a pair with `firstlight-indexer keys`")
        return cls(key)

    @property
    def public_keys(self) -> PublicKeys:
        """What trusts this key and no other."""
        return PublicKeys([self._key.public_key()])

    @property
    def public_pem(self) -> bytes:
        """The public half, PEM."""
        return self._key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    @property
    def private_pem(self) -> bytes:
        """The private half, PEM, without a password."""
        return self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def sign(self, content: bytes) -> bytes:
        """Return the signature over `content`, `SIGNATURE_BYTES` long."""
        return self._key.sign(content)


def read_signature(directory: Path) -> bytes | None:
    """Return the snapshot's signature, or None where it has none.

    Raises:
        SignatureInvalid: what lies there cannot be a signature.
    """
    path = directory / SIGNATURE_NAME
    try:
        status = path.stat(follow_symlinks=False)
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(status.st_mode) or status.st_size != SIGNATURE_BYTES:
        raise SignatureInvalid(f"{path} is not a file of {SIGNATURE_BYTES} bytes; sign the snapshot again")
    return path.read_bytes()


def require_signature(directory: Path, manifest: bytes, trusted: PublicKeys) -> None:
    """Check that a trusted key signed `manifest`, the bytes of the manifest in `directory`.

    Raises:
        SignatureMissing: nobody signed it.
        SignatureInvalid: somebody else did, or the manifest is not the one that was signed.
    """
    signature = read_signature(directory)
    if signature is None:
        raise SignatureMissing(f"{directory} has no {SIGNATURE_NAME}, and only signed snapshots are trusted; sign it")
    if not trusted.trust(signature, manifest):
        raise SignatureInvalid(f"{directory / SIGNATURE_NAME} is no trusted key's signature of this manifest")


def _verifies(key: Ed25519PublicKey, signature: bytes, content: bytes) -> bool:
    try:
        key.verify(signature, content)
    except InvalidSignature:
        return False
    return True


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise KeyInvalid(f"{path} cannot be read: {error.strerror}") from error
