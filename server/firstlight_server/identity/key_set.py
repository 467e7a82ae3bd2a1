"""The public keys of an issuer, by their ids. Knows nothing of where they come from."""

from collections.abc import Mapping
from typing import cast

from jwt import PyJWK, PyJWTError

_ASYMMETRIC = frozenset({"RSA", "EC", "OKP"})


class KeySet:
    """Keys by id; each is bound to one algorithm, so that no token can choose how it is checked."""

    def __init__(self, jwks: Mapping[str, object]) -> None:
        """Takes the usable keys of a JWKS; secrets, private and encrypting keys and unknown kinds are passed over."""
        self._keys: dict[str, PyJWK] = {}
        self._as_published: dict[str, object] = {}
        listed = jwks.get("keys")
        for each in cast("list[object]", listed) if isinstance(listed, list) else []:
            if isinstance(each, dict) and (key := _usable(cast("dict[str, object]", each))) is not None:
                self._keys[key.key_id or ""] = key
                self._as_published[key.key_id or ""] = each

    def find(self, key_id: str | None) -> PyJWK | None:
        """The key of this id; a token that names none is checked with the only key there is, if there is one."""
        if key_id is None and len(self._keys) == 1:
            return next(iter(self._keys.values()))
        return self._keys.get(key_id or "")

    def __len__(self) -> int:
        return len(self._keys)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, KeySet) and self._as_published == other._as_published

    __hash__ = None  # type: ignore[assignment]  # compared, never a key itself


def _usable(jwk: dict[str, object]) -> PyJWK | None:
    if jwk.get("kty") not in _ASYMMETRIC or "d" in jwk or jwk.get("use", "sig") != "sig":
        return None
    if not isinstance(jwk.get("kid", ""), str):
        return None
    try:
        return PyJWK(jwk)
    except PyJWTError:
        return None
