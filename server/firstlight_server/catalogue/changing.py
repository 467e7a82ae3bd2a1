"""What a server needs so that its tenants' catalogues can change: made together, ended together.

Knows nothing of how one changes.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from structlog.typing import FilteringBoundLogger

from firstlight_server.catalogue.catalogue import Catalogue
from firstlight_server.catalogue.change_source import ChangeSource
from firstlight_server.catalogue.follower import CatalogueFollower
from firstlight_server.catalogue.tagging import Tagging
from firstlight_server.dispatcher import Dispatcher
from firstlight_server.metrics.catalogue_metrics import CatalogueMetrics
from firstlight_server.tenants import TenantRegistry


@dataclass(frozen=True)
class Changing:
    """The parts.

    Attributes:
        catalogue: changes catalogues.
        follower: lets answers know what others changed.
        tagging: tags items.
    """

    catalogue: Catalogue
    follower: CatalogueFollower
    tagging: Tagging
    _source: ChangeSource
    _worker: ThreadPoolExecutor
    _polling: asyncio.Task[None]

    @classmethod
    def begin(
        cls,
        source: ChangeSource,
        tenants: TenantRegistry,
        dispatcher: Dispatcher,
        *,
        metrics: CatalogueMetrics,
        logger: FilteringBoundLogger,
    ) -> "Changing":
        """Follows ``source`` from now on."""
        worker = ThreadPoolExecutor(1, thread_name_prefix="catalogue")
        follower = CatalogueFollower(source, tenants, worker=worker, metrics=metrics, logger=logger)
        catalogue = Catalogue(dispatcher, follower, worker=worker, metrics=metrics)
        tagging = Tagging(dispatcher, worker=worker)
        return cls(catalogue, follower, tagging, source, worker, asyncio.create_task(follower.run()))

    async def close(self) -> None:
        """Lets a change that is under way be stored, and ends everything."""
        self._polling.cancel()
        await asyncio.gather(self._polling, return_exceptions=True)
        await asyncio.to_thread(self._worker.shutdown, wait=True)
        await asyncio.to_thread(self._source.close)
