"""Who is calling, as their token proves it: what they may do, and for whom. Knows nothing of tokens or gRPC."""

import hashlib
import time
from dataclasses import dataclass

from firstlight_server.errors import ForbiddenError, ForbiddenTenantError, UnauthenticatedError
from firstlight_server.limits import DEFAULT_TENANT

_SHOWN_CHARACTERS = 80


@dataclass(frozen=True, slots=True)
class Identity:
    """A caller. Every check fails closed: what is not granted is refused.

    Attributes:
        caller: a digest of issuer and subject, for logs: the same caller, the same digest, and no name.
        scopes: what the caller may do.
        tenants: whose data the caller may ask for; none at all if empty.
        expires_at_s: when the proof ends, seconds since 1970, the clocks' leeway included.
    """

    caller: str
    scopes: frozenset[str]
    tenants: frozenset[str]
    expires_at_s: float

    def require_valid(self) -> None:
        """Raises `UnauthenticatedError` once the proof has ended, as it may during a stream."""
        if time.time() >= self.expires_at_s:
            raise UnauthenticatedError("the token has expired; get a new one")

    def require_scope(self, scope: str) -> None:
        """Raises `ForbiddenError` unless ``scope`` was granted; the empty scope needs no grant."""
        if scope and scope not in self.scopes:
            raise ForbiddenError(f"the token lacks the scope {scope!r}, which this method needs")

    def require_tenant(self, tenant: str) -> None:
        """Raises `ForbiddenTenantError` unless the request's tenant was granted, whether or not it exists."""
        name = tenant or DEFAULT_TENANT
        if name not in self.tenants:
            raise ForbiddenTenantError(
                f"the token does not name tenant {name[:_SHOWN_CHARACTERS]!r}; ask for one it names"
            )


def caller_digest(issuer: str, subject: str) -> str:
    """Twelve hexadecimal digits that tell callers apart in logs without naming them."""
    return hashlib.sha256(f"{issuer}\0{subject}".encode()).hexdigest()[:12]
