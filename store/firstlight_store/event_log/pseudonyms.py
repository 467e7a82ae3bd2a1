"""Users as the event log knows them: a keyed hash of tenant and id, so that a stolen log names nobody.

Knows nothing of where the key is kept.
"""

from hashlib import blake2b

KEY_BYTES = 32
_BYTES = 16


class Pseudonyms:
    """Turns user ids into pseudonyms: the same for the same tenant, id and key, and not the way back."""

    def __init__(self, key: bytes) -> None:
        """Takes the key.

        Raises:
            ValueError: it is not of `KEY_BYTES` bytes.
        """
        if len(key) != KEY_BYTES:
            raise ValueError(f"the key of pseudonyms has {len(key)} bytes, not {KEY_BYTES}")
        self._key = key

    def of(self, tenant: str, user_id: str) -> str:
        """The pseudonym of a tenant's user, 32 hexadecimal digits.

        Raises:
            ValueError: the tenant or the user is empty; an empty scope fails closed.
        """
        if not tenant or not user_id:
            raise ValueError("a pseudonym needs a tenant and a user id; one of them is empty")
        named = f"{len(tenant)}:{tenant}{user_id}".encode(errors="surrogatepass")
        return blake2b(named, key=self._key, digest_size=_BYTES).hexdigest()
