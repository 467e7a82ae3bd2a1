"""The background task that follows CURRENT and CANARY, and tells health when the first snapshots are warm.

It reads two small pointer files a tenant, never a directory that is being written. Knows nothing of loading.
"""

import asyncio

from structlog.typing import FilteringBoundLogger

from firstlight_server.health import Health
from firstlight_server.tenants import TenantRegistry


class Watcher:
    """Lets the tenants follow their pointers every ``interval_s`` seconds for as long as the server runs."""

    def __init__(
        self, tenants: TenantRegistry, health: Health, *, interval_s: float, logger: FilteringBoundLogger
    ) -> None:
        self._tenants = tenants
        self._health = health
        self._interval_s = interval_s
        self._logger = logger

    async def run(self) -> None:
        """Runs until cancelled."""
        serving = False
        while True:
            try:
                # Once serving, nothing is waited for: a tenant may go back while another one's snapshot is loaded.
                await (self._tenants.follow() if serving else self._tenants.refresh())
                # NOTE: never back to NOT_SERVING: a bad or a new tenant's snapshot is no reason to stop answering.
                if not serving and self._tenants.is_settled:
                    serving = True
                    await self._health.set_serving(True)
                    self._logger.info("serving")
            except Exception:
                self._logger.exception("looking for new snapshots failed; trying again")
            await asyncio.sleep(self._interval_s)
