"""All tenants of this server.

Knows nothing of snapshots' content or of the wire.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from structlog.typing import FilteringBoundLogger

from firstlight_server.errors import UnknownTenantError
from firstlight_server.limits import DEFAULT_TENANT
from firstlight_server.tenant import Tenant
from firstlight_store import StoreError
from firstlight_store import tenants as tenants_on_disk

TenantFactory = Callable[[str], Tenant]


class TenantRegistry:
    """Tenants by name. A name from a request is only ever looked up here, never made into a path."""

    def __init__(
        self, data_dir: Path, configured: Iterable[str], *, make_tenant: TenantFactory, logger: FilteringBoundLogger
    ) -> None:
        """Takes the ``configured`` names; none means ``default`` and whatever ``data_dir`` holds."""
        self._data_dir = data_dir
        self._make_tenant = make_tenant
        self._logger = logger
        names = tuple(configured)
        self._follows_disk = not names
        self._tenants = {name: make_tenant(name) for name in names or (DEFAULT_TENANT,)}

    def find(self, name: str) -> Tenant:
        """The tenant of this name; the empty name means ``default``.

        Raises:
            UnknownTenantError: this server has no such tenant.
        """
        tenant = self._tenants.get(name or DEFAULT_TENANT)
        if tenant is None:
            raise UnknownTenantError(
                f"no tenant {(name or DEFAULT_TENANT)[:80]!r}; check the name, or publish a snapshot for it"
            )
        return tenant

    def __contains__(self, name: object) -> bool:
        """Whether this server has a tenant of this name."""
        return name in self._tenants

    def __iter__(self) -> Iterator[Tenant]:
        return iter(tuple(self._tenants.values()))

    @property
    def is_settled(self) -> bool:
        """Whether at least one tenant answers, and no tenant that has a snapshot is still without an answer."""
        return any(tenant.live_id for tenant in self) and all(tenant.is_settled for tenant in self)

    async def follow(self) -> None:
        """Looks once at every tenant's pointers, takes over what is loaded, and begins to load what is new."""
        await self._look_for_tenants()
        for tenant in self:
            await tenant.follow()

    async def refresh(self) -> None:
        """Follows every tenant's pointers until all that they name has taken over or was refused."""
        await self._look_for_tenants()
        for tenant in self:
            await tenant.refresh()

    async def close(self) -> None:
        """Lets go of every snapshot."""
        for tenant in self:
            await tenant.close()

    async def _look_for_tenants(self) -> None:
        if self._follows_disk:
            for name in await asyncio.to_thread(self._names_on_disk):
                if name not in self._tenants:
                    self._tenants[name] = self._make_tenant(name)

    def _names_on_disk(self) -> list[str]:
        try:
            return list(tenants_on_disk(self._data_dir))
        except (StoreError, OSError) as error:
            self._logger.warning("data directory cannot be listed", data_dir=str(self._data_dir), fault=str(error))
            return []
