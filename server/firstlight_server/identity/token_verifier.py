"""From a bearer token to an identity: signature, issuer, audience, times and claims, by PyJWT.

A token that was verified is remembered for a minute at most, by its hash, so that a busy caller costs a lookup.
Messages say what is wrong with a token and never repeat a part of it. Knows nothing of gRPC.
"""

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

import jwt

from firstlight_server.errors import UnauthenticatedError
from firstlight_server.identity.identity import Identity, caller_digest
from firstlight_server.identity.key_ring import KeyRing

REMEMBERED_S = 60.0
REMEMBERED_TOKENS = 10_000

_FAULTS: Sequence[tuple[type[jwt.PyJWTError], str]] = (
    (jwt.ExpiredSignatureError, "the token has expired; get a new one"),
    (jwt.InvalidAudienceError, "the token is for another audience than this service"),
    (jwt.InvalidIssuerError, "the token is of an issuer that is not trusted here"),
    (jwt.ImmatureSignatureError, "the token is not valid yet; is the clock right?"),
    (jwt.InvalidAlgorithmError, "the token's algorithm is not accepted here"),
    (jwt.MissingRequiredClaimError, "the token lacks one of the claims iss, aud, exp and sub"),
    (jwt.InvalidSignatureError, "the token's signature does not verify"),
)


@dataclass(frozen=True, kw_only=True)
class TokenRules:
    """What a token must be.

    Attributes:
        issuer: its ``iss``.
        audience: one of its ``aud``.
        algorithms: how it may be signed.
        leeway_s: by how much clocks may differ.
        scopes_claim: the claim that lists scopes.
        tenants_claim: the claim that lists tenants.
    """

    issuer: str
    audience: str
    algorithms: Sequence[str]
    leeway_s: float
    scopes_claim: str
    tenants_claim: str


class TokenVerifier:
    """Checks tokens against ``rules`` with the keys of ``ring``."""

    def __init__(self, ring: KeyRing, rules: TokenRules, *, clock: Callable[[], float] = time.time) -> None:
        self._ring = ring
        self._rules = rules
        self._clock = clock
        self._known: dict[bytes, tuple[float, Identity]] = {}
        self._generation = ring.generation

    async def verify(self, token: str) -> Identity:
        """Who the token proves its bearer to be.

        Raises:
            UnauthenticatedError: it proves nothing; the message says why.
            KeysUnavailableError: it cannot be checked yet.
        """
        if self._generation != self._ring.generation:  # a key may have been withdrawn
            self._known.clear()
            self._generation = self._ring.generation
        digest = hashlib.sha256(token.encode()).digest()
        until_s, identity = self._known.get(digest, (0.0, None))
        if identity is not None and self._clock() < until_s:
            return identity
        identity = self._identity(await self._claims(token))
        self._remember(digest, identity)
        return identity

    async def _claims(self, token: str) -> dict[str, Any]:
        rules = self._rules
        try:
            header = jwt.get_unverified_header(token)
            if header.get("alg") not in rules.algorithms:
                raise jwt.InvalidAlgorithmError
            return jwt.decode(
                token,
                await self._ring.key(header.get("kid")),
                algorithms=rules.algorithms,
                issuer=rules.issuer,
                audience=rules.audience,
                leeway=rules.leeway_s,
                options={"require": ["iss", "aud", "exp", "sub"]},
            )
        except jwt.PyJWTError as error:
            raise UnauthenticatedError(_told(error)) from error
        except (ValueError, TypeError, OverflowError) as error:  # claims of the wrong type, such as an endless exp
            raise UnauthenticatedError("the token cannot be read") from error

    def _identity(self, claims: dict[str, Any]) -> Identity:
        return Identity(
            caller=caller_digest(claims["iss"], claims["sub"]),
            scopes=_names(claims.get(self._rules.scopes_claim)),
            tenants=_names(claims.get(self._rules.tenants_claim)),
            expires_at_s=float(claims["exp"]) + self._rules.leeway_s,
        )

    def _remember(self, digest: bytes, identity: Identity) -> None:
        if len(self._known) >= REMEMBERED_TOKENS:
            del self._known[next(iter(self._known))]
        self._known[digest] = (min(identity.expires_at_s, self._clock() + REMEMBERED_S), identity)


def _told(error: jwt.PyJWTError) -> str:
    return next((told for kind, told in _FAULTS if isinstance(error, kind)), "the token is not a JWT that can be read")


def _names(claim: object) -> frozenset[str]:
    """What a claim lists: a list of texts, or one text with blanks between; anything else lists nothing."""
    listed = claim.split() if isinstance(claim, str) else claim
    if not isinstance(listed, list):
        return frozenset()
    return frozenset(name for name in cast("list[object]", listed) if isinstance(name, str) and name)
