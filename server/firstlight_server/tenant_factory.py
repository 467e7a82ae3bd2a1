"""Makes the tenants that the settings ask for, each with its snapshots and its catalogue. Nothing is loaded here."""

from collections.abc import Callable
from concurrent.futures import Executor
from pathlib import Path

from structlog.typing import FilteringBoundLogger

from firstlight_server.catalogue.change_source import ChangeSource
from firstlight_server.catalogue.tenant_catalogue import TenantCatalogue
from firstlight_server.errors import SettingsError
from firstlight_server.inspection.inspector import Inspector
from firstlight_server.instruments import Instruments
from firstlight_server.loaded_snapshot import Loading
from firstlight_server.settings import Settings
from firstlight_server.snapshots_on_disk import SnapshotsOnDisk
from firstlight_server.tenant import Tenant
from firstlight_server.tenants import TenantRegistry
from firstlight_store import KeyInvalid, PublicKeys, SnapshotStore


def make_tenants(
    settings: Settings,
    source: ChangeSource,
    *,
    loader: Executor,
    instruments: Instruments,
    logger: FilteringBoundLogger,
    stop: Callable[[], None],
) -> TenantRegistry:
    """The tenants of ``settings``, nothing loaded yet; their snapshots are loaded on ``loader``.

    Raises:
        SettingsError: the public keys for snapshots cannot be read.
    """
    trusted = _trusted(settings.snapshot_public_key)
    loading = Loading(
        min_recall=settings.min_recall, text_cache_entries=settings.text_cache_entries, text_metrics=instruments.texts
    )

    def make(name: str) -> Tenant:
        store = SnapshotStore(settings.data_dir, name, trusted=trusted)
        inspector = Inspector(settings, tenant=name) if settings.inspect_apart else None
        disk = SnapshotsOnDisk(store, loading, keep_snapshots=settings.keep_snapshots, inspector=inspector)
        catalogue = TenantCatalogue(name, source, most=settings.max_catalogue_changes)
        return Tenant(name, disk, catalogue, keep_loaded=settings.keep_loaded, loader=loader, logger=logger, stop=stop)

    return TenantRegistry(settings.data_dir, settings.tenants, make_tenant=make, logger=logger)


def _trusted(file: Path | None) -> PublicKeys | None:
    try:
        return None if file is None else PublicKeys.read(file)
    except KeyInvalid as error:
        raise SettingsError(f"snapshot_public_key: {error}") from error
