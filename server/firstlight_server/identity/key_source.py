"""Where the issuer publishes its keys: a JWKS file, or a URL. Blocking; run it on a thread.

Knows nothing of tokens, nor of when to look again.
"""

import json
import urllib.error
import urllib.request
from http.client import HTTPException
from pathlib import Path
from typing import cast

from firstlight_server.identity.key_set import KeySet

MAX_BYTES = 1 << 20
_TIMEOUT_S = 5.0


class KeysUnreadable(Exception):  # noqa: N818 - says what happened
    """The keys cannot be fetched or are none; the message names the place, and nothing that was read."""


class KeySource:
    """A JWKS at ``place``: a file's path, or an http(s) URL."""

    def __init__(self, place: str) -> None:
        self._place = place

    @property
    def is_remote(self) -> bool:
        """Whether another machine must answer."""
        return "://" in self._place

    def read(self) -> KeySet:
        """Fetches and parses the keys.

        Raises:
            KeysUnreadable: they cannot be had.
        """
        try:
            content = self._fetched() if self.is_remote else Path(self._place).read_bytes()
            if len(content) > MAX_BYTES:
                raise KeysUnreadable(f"{self._place} has more than {MAX_BYTES:,} bytes, too many for a JWKS")
            parsed: object = json.loads(content)
        except (OSError, HTTPException) as error:  # a URLError is an OSError
            why = error.reason if isinstance(error, urllib.error.URLError) else error.__class__.__name__
            raise KeysUnreadable(f"{self._place} cannot be read: {why}") from error
        except (ValueError, RecursionError) as error:
            raise KeysUnreadable(f"{self._place} is no JSON") from error
        keys = KeySet(cast("dict[str, object]", parsed)) if isinstance(parsed, dict) else KeySet({})
        if not keys:
            raise KeysUnreadable(f"{self._place} holds no public key that signs (a JWKS with kty RSA, EC or OKP)")
        return keys

    def _fetched(self) -> bytes:
        with urllib.request.urlopen(self._place, timeout=_TIMEOUT_S) as response:
            if self._place.startswith("https:") and not response.url.startswith("https:"):
                raise KeysUnreadable(f"{self._place} leads on to a URL without TLS; name the last one")
            content: bytes = response.read(MAX_BYTES + 1)
            return content
