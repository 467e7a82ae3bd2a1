"""Forgets what is older than it may be kept, tenant by tenant, now and again. Knows nothing of how that is done."""

import asyncio
import time
from collections.abc import Iterable

from structlog.typing import FilteringBoundLogger

from firstlight_server.errors import EventsUnavailableError
from firstlight_server.memory.memory import Memory
from firstlight_server.tenant import Tenant
from firstlight_store.event_log import EventLogError

_EVERY_S = 3_600.0
_FIRST_S = 1.0
_DAY_S = 86_400.0


class Retention:
    """Looks once an hour. Every worker does, which costs little: what one has deleted the next does not find."""

    def __init__(
        self, memory: Memory, tenants: Iterable[Tenant], *, keep_days: float, logger: FilteringBoundLogger
    ) -> None:
        """Takes for how many days what users did and were shown is kept."""
        self._memory = memory
        self._tenants = tenants
        self._keep_s = keep_days * _DAY_S
        self._logger = logger
        self._running = asyncio.create_task(self._run())

    async def close(self) -> None:
        """Looks no more; what is being deleted is deleted."""
        self._running.cancel()
        await asyncio.gather(self._running, return_exceptions=True)

    async def _run(self) -> None:
        await asyncio.sleep(_FIRST_S)
        while True:
            for tenant in self._tenants:
                await self._expire(tenant.name)
            await asyncio.sleep(_EVERY_S)

    async def _expire(self, tenant: str) -> None:
        before_s = time.time() - self._keep_s
        try:
            log = self._memory.opened.log
            counts = await asyncio.to_thread(log.expire, tenant, before_s=before_s)
        except (EventsUnavailableError, EventLogError) as error:
            self._logger.warning("old events could not be deleted", tenant=tenant, fault=str(error))
            return
        if any(counts):
            told = {"events": counts.events, "impressions": counts.impressions}
            self._logger.info("old events deleted", tenant=tenant, **told)
