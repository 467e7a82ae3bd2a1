"""Changes a tenant's catalogue while it is served: texts to vectors, then durable, then in every answer.

Knows nothing of the wire.
"""

import asyncio
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from firstlight_server.call import Deadline
from firstlight_server.catalogue.follower import CatalogueFollower
from firstlight_server.catalogue.item_words import item_words
from firstlight_server.dispatcher import Dispatcher
from firstlight_server.errors import CatalogueFixedError, CatalogueUnavailableError, TooManyChangesError
from firstlight_server.loaded_snapshot import LoadedSnapshot
from firstlight_server.metrics.catalogue_metrics import CatalogueMetrics
from firstlight_server.tenant import Tenant
from firstlight_store.catalogue_changes import CatalogueChange, ChangedItem
from firstlight_store.event_log import EventLogError


@dataclass(frozen=True)
class Upserted:
    """How many items were new, and how many replaced others."""

    added: int
    replaced: int


@dataclass(frozen=True)
class Deleted:
    """How many items were removed, and the places of the ids that nobody knows."""

    count: int
    unknown: tuple[int, ...]


class Catalogue:
    """All tenants' catalogues. Methods belong to the event loop."""

    def __init__(
        self,
        dispatcher: Dispatcher,
        follower: CatalogueFollower,
        *,
        worker: ThreadPoolExecutor,
        metrics: CatalogueMetrics,
    ) -> None:
        """Takes where texts are encoded, and the one thread on which catalogues change."""
        self._dispatcher, self._follower, self._worker = dispatcher, follower, worker
        self._metrics = metrics

    async def upsert(self, tenant: Tenant, items: Sequence[ChangedItem], *, deadline: Deadline) -> Upserted:
        """Adds items of different ids, or replaces those of the same ids.

        Raises:
            CatalogueFixedError: the snapshot carries no text encoder.
            CatalogueUnavailableError: they cannot be stored.
            TooManyChangesError: the catalogue must be built anew first.
            DeadlinePassedError: their texts would not be encoded in time; nothing was stored.
        """
        await self._follower.caught_up()
        loaded = tenant.live
        if loaded.texts is None:
            raise CatalogueFixedError(f"snapshot {loaded.id} has no text encoder; publish one that carries it")
        shelves = tenant.catalogue.shelves(loaded)
        words = [item_words(item, shelves) for item in items]
        vectors = await self._dispatcher.vectors(loaded.texts, words, deadline=deadline)
        space, now_s = loaded.parts.space.fingerprint, time.time()
        changes = [
            CatalogueChange(item.item_id, item, vectors[text].tobytes(), space, now_s)
            for item, text in zip(items, words, strict=True)
        ]
        known = tenant.catalogue.over(loaded).parts.items
        replaced = sum(known.row(item.item_id) is not None for item in items)
        await self._changed(tenant, loaded, changes)
        self._metrics.changed(tenant.name, "added", len(items) - replaced)
        self._metrics.changed(tenant.name, "replaced", replaced)
        return Upserted(added=len(items) - replaced, replaced=replaced)

    async def delete(self, tenant: Tenant, item_ids: Sequence[str]) -> Deleted:
        """Removes items.

        Raises:
            CatalogueUnavailableError: that cannot be stored.
            TooManyChangesError: the catalogue must be built anew first.
        """
        await self._follower.caught_up()
        loaded = tenant.live
        known = tenant.catalogue.over(loaded).parts.items
        unknown = tuple(place for place, item_id in enumerate(item_ids) if known.row(item_id) is None)
        wanted = dict.fromkeys(item_ids[place] for place in sorted(set(range(len(item_ids))) - set(unknown)))
        if wanted:
            now_s = time.time()
            await self._changed(tenant, loaded, [CatalogueChange(one, None, changed_at_s=now_s) for one in wanted])
            self._metrics.changed(tenant.name, "deleted", len(wanted))
        return Deleted(len(wanted), unknown)

    async def _changed(self, tenant: Tenant, loaded: LoadedSnapshot, changes: Sequence[CatalogueChange]) -> None:
        """Changes the catalogue, to the end even where the caller no longer waits."""
        loop = asyncio.get_running_loop()
        try:
            with self._metrics.changes_s.time():
                await asyncio.shield(loop.run_in_executor(self._worker, tenant.catalogue.change, loaded, changes))
        except TooManyChangesError:
            self._metrics.changed(tenant.name, "too_many", len(changes))
            raise
        except EventLogError as error:
            self._metrics.changed(tenant.name, "unavailable", len(changes))
            self._metrics.failed("change")
            raise CatalogueUnavailableError(f"the catalogue was not changed: {error}") from error
