"""Page tokens of an export: where it goes on, sealed, since places in the log tell how much others have stored.

Knows nothing of pages.
"""

import binascii
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import blake2b
from struct import Struct

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

_NONCE_BYTES = 12
_PLACES = Struct(">QQ")

Places = tuple[int, int]
"""The sequences of the last event and the last impression that were told."""
START: Places = (0, 0)


class PageTokens:
    """Seals and opens tokens, each bound to one user of one tenant."""

    def __init__(self, key: bytes) -> None:
        """Takes the key of pseudonyms, from which it derives one of its own."""
        self._cipher = ChaCha20Poly1305(blake2b(b"page tokens", key=key, digest_size=32).digest())

    def seal(self, places: Places, *, user: str) -> str:
        """The token of ``places`` for the user of this pseudonym."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, _PLACES.pack(*places), user.encode())
        return urlsafe_b64encode(nonce + sealed).decode()

    def open(self, token: str, *, user: str) -> Places | None:
        """What was sealed for the user; None if it was not. The empty token is the start."""
        if not token:
            return START
        try:
            sealed = urlsafe_b64decode(token.encode())
            opened = self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], user.encode())
        except (binascii.Error, InvalidTag, ValueError):
            return None
        events, impressions = _PLACES.unpack(opened)
        return events, impressions
