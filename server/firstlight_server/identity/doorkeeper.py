"""Who looks at callers: the interceptor that checks tokens, and the task that keeps the issuer's keys fresh.

Knows nothing of how either works.
"""

import asyncio
from dataclasses import dataclass, field

import grpc.aio
from structlog.typing import FilteringBoundLogger

from firstlight_server.identity.identity_interceptor import IdentityInterceptor
from firstlight_server.identity.key_ring import KeyRing
from firstlight_server.identity.key_source import KeySource
from firstlight_server.identity.policy import POLICIES
from firstlight_server.identity.token_verifier import TokenRules, TokenVerifier
from firstlight_server.settings import Settings


@dataclass
class Doorkeeper:
    """Made by `doorkeeper_of`, closed with the server.

    Attributes:
        interceptors: what calls pass, none where no tokens are asked for.
    """

    interceptors: tuple[grpc.aio.ServerInterceptor, ...] = ()
    _refreshing: list[asyncio.Task[None]] = field(default_factory=list[asyncio.Task[None]])

    async def close(self) -> None:
        """Ends the refreshing."""
        for task in self._refreshing:
            task.cancel()
        await asyncio.gather(*self._refreshing, return_exceptions=True)


async def doorkeeper_of(settings: Settings, *, logger: FilteringBoundLogger) -> Doorkeeper:
    """The doorkeeper of ``settings``; one that lets everybody pass if they name no keys.

    Raises:
        SettingsError: the keys' file holds none.
    """
    if settings.token_keys is None:
        return Doorkeeper()
    ring = KeyRing(KeySource(settings.token_keys), refresh_s=settings.token_keys_refresh_s, logger=logger)
    await ring.load()
    rules = TokenRules(
        issuer=settings.token_issuer,
        audience=settings.token_audience,
        algorithms=settings.token_algorithms,
        leeway_s=settings.token_leeway_s,
        scopes_claim=settings.token_scopes_claim,
        tenants_claim=settings.token_tenants_claim,
    )
    interceptor = IdentityInterceptor(TokenVerifier(ring, rules), POLICIES, open_health=settings.open_health)
    return Doorkeeper((interceptor,), [asyncio.create_task(ring.run())])
