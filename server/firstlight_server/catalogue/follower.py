"""Lets answers know what was changed by others: looked at before each where that is free, and polled all the same.

Knows nothing of what a change is.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from structlog.typing import FilteringBoundLogger

from firstlight_server.call import current_call
from firstlight_server.catalogue.change_source import ChangeSource
from firstlight_server.metrics.catalogue_metrics import CatalogueMetrics
from firstlight_server.tenants import TenantRegistry
from firstlight_store import StoreError

_POLL_S = 0.2
"""How often a database that cannot tell that it moved is asked, in seconds."""

_MOST_WAIT_S = 5.0
"""How long a call waits for what others changed, in seconds."""
_SHARE_OF_TIME = 0.5
"""Of what a call has left, for waiting; the rest is for the answer."""

_UNREAD = "changes of the catalogue cannot be read; trying again"


class CatalogueFollower:
    """Belongs to the event loop; follows on the ``worker``'s one thread, on which changes are made as well."""

    def __init__(
        self,
        source: ChangeSource,
        tenants: TenantRegistry,
        *,
        worker: ThreadPoolExecutor,
        metrics: CatalogueMetrics,
        logger: FilteringBoundLogger,
        poll_s: float = _POLL_S,
    ) -> None:
        self._source, self._tenants, self._worker = source, tenants, worker
        self._metrics, self._logger, self._poll_s = metrics, logger, poll_s
        self._following: asyncio.Future[None] | None = None

    async def caught_up(self) -> None:
        """Returns once answers know all that was acknowledged before, on this machine, to anybody.

        A database that is slow holds nobody up for longer than half of what the call has left: then it goes on with
        what is known.
        """
        if self._source.moved():
            self._following = asyncio.get_running_loop().run_in_executor(self._worker, self._follow)
        if self._following is not None and not self._following.done():
            wait_s = min(_MOST_WAIT_S, _SHARE_OF_TIME * current_call.get().deadline.left_s)
            await asyncio.wait([self._following], timeout=max(0.0, wait_s))

    async def run(self) -> None:
        """Polls until cancelled."""
        while True:
            await asyncio.sleep(self._poll_s)
            await asyncio.get_running_loop().run_in_executor(self._worker, self._follow)

    def _follow(self) -> None:
        """Whatever fails, answers go on with what is known, and it is tried again."""
        for tenant in list(self._tenants):
            try:
                tenant.catalogue.follow()
            except StoreError as error:
                self._metrics.failed("follow")
                self._logger.error(_UNREAD, tenant=tenant.name, fault=str(error))
            except Exception:
                self._metrics.failed("follow")
                self._logger.exception(_UNREAD, tenant=tenant.name)
