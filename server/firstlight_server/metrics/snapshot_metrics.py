"""What each tenant serves, read from the tenants at every scrape: calls pay nothing, and what is gone is not told.

Knows nothing of how snapshots are loaded.
"""

from collections.abc import Iterable, Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from firstlight_server.call import CANARY, LIVE
from firstlight_server.errors import SnapshotNotReadyError
from firstlight_server.metrics.meter import NAMESPACE
from firstlight_server.tenant import Tenant
from firstlight_store import Manifest

_BY = ("tenant", "snapshot")


class SnapshotMetrics(Collector):
    """A collector for a registry; scraped on the endpoint's thread, so it only reads what is replaced as a whole."""

    def __init__(self, tenants: Iterable[Tenant]) -> None:
        self._tenants = tenants

    def collect(self) -> Iterator[Metric]:
        """The metrics as they are now."""
        tenants = tuple(self._tenants)
        yield from _of_snapshots([(tenant.name, *served) for tenant in tenants for served in _served(tenant)])
        yield from _of_tenants(tenants)


def _served(tenant: Tenant) -> list[tuple[str, Manifest]]:
    """Role and manifest of every snapshot that answers for ``tenant``."""
    canary = tenant.canary_manifest
    try:
        return [(LIVE, tenant.live.manifest), *([(CANARY, canary)] if canary else [])]
    except SnapshotNotReadyError:
        return []


def _of_snapshots(served: Iterable[tuple[str, str, Manifest]]) -> Iterator[Metric]:
    info = GaugeMetricFamily(
        f"{NAMESPACE}_snapshot_info", "1 for each snapshot that answers.", labels=(*_BY, "id", "domain", "index")
    )
    created = _gauge("created_timestamp_seconds", "When it was built, in seconds since 1970.")
    items = _gauge("items", "How many items it holds.")
    recall = _gauge("recall_at_10_ratio", "Its index's recall@10 against exact search, measured at its build.")
    for tenant, role, manifest in served:
        by, facts = (tenant, role), manifest.facts
        info.add_metric((*by, manifest.snapshot_id, facts.domain, str(facts.index.get("kind", ""))), 1)
        created.add_metric(by, manifest.created_at.timestamp())
        items.add_metric(by, facts.item_count)
        recall.add_metric(by, float(facts.index.get("recall_at_10", 0.0)))
    yield from (info, created, items, recall)


def _of_tenants(tenants: Iterable[Tenant]) -> Iterator[Metric]:
    swaps = CounterMetricFamily(
        f"{NAMESPACE}_snapshot_swaps", "Snapshots taken up, the first included.", labels=("tenant",)
    )
    refusals = CounterMetricFamily(
        f"{NAMESPACE}_snapshot_refusals", "Snapshots that were not taken up, by reason.", labels=("tenant", "reason")
    )
    pending = GaugeMetricFamily(
        f"{NAMESPACE}_catalogue_pending_items",
        "Items that differ from the live snapshot's, until a build folds them in.",
        labels=("tenant",),
    )
    for tenant in tenants:
        pending.add_metric((tenant.name,), _pending(tenant))
        swaps.add_metric((tenant.name,), tenant.swaps)
        for reason, count in tuple(tenant.refusals.items()):
            refusals.add_metric((tenant.name, reason), count)
    yield from (pending, swaps, refusals)


def _pending(tenant: Tenant) -> int:
    try:
        return tenant.catalogue.pending(tenant.live)
    except SnapshotNotReadyError:
        return 0


def _gauge(name: str, documentation: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"{NAMESPACE}_snapshot_{name}", documentation, labels=_BY)
