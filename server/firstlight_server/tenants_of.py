"""Makes the tenants that settings ask for, each with its snapshots and its catalogue. Nothing is loaded here."""

from collections.abc import Callable, Container
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path

from structlog.typing import FilteringBoundLogger

from firstlight_server.catalogue.change_source import ChangeSource
from firstlight_server.catalogue.tenant_catalogue import TenantCatalogue
from firstlight_server.errors import SettingsError
from firstlight_server.inspection.inspector import Inspector
from firstlight_server.instruments import Instruments
from firstlight_server.loading_of import loading_of
from firstlight_server.settings import Settings
from firstlight_server.snapshots_on_disk import SnapshotsOnDisk
from firstlight_server.tenant import Tenant
from firstlight_server.tenants import TenantRegistry
from firstlight_store import KeyInvalid, PublicKeys, SnapshotStore


def make_tenants(  # noqa: PLR0913 - each is given once, by the composition root
    settings: Settings,
    source: ChangeSource,
    *,
    loader: Executor,
    instruments: Instruments,
    logger: FilteringBoundLogger,
    stop: Callable[[], None],
    exploring: Container[str] = (),
) -> TenantRegistry:
    """The tenants of ``settings``, nothing loaded yet; their snapshots are loaded on ``loader``.

    Those in ``exploring`` can show explored pages.

    Raises:
        SettingsError: the public keys for snapshots cannot be read.
    """
    trusted = trusted_keys(settings.snapshot_public_key)
    loading = loading_of(settings, text_metrics=instruments.texts)

    def make(name: str) -> Tenant:
        store = SnapshotStore(settings.data_dir, name, trusted=trusted)
        inspector = Inspector(settings, tenant=name) if settings.inspect_apart else None
        own = replace(loading, explores=name in exploring)
        disk = SnapshotsOnDisk(store, own, keep_snapshots=settings.keep_snapshots, inspector=inspector)
        catalogue = TenantCatalogue(name, source, most=settings.max_catalogue_changes)
        return Tenant(name, disk, catalogue, keep_loaded=settings.keep_loaded, loader=loader, logger=logger, stop=stop)

    return TenantRegistry(settings.data_dir, settings.tenants, make_tenant=make, logger=logger)


def trusted_keys(file: Path | None) -> PublicKeys | None:
    """The keys that a setting names, if any.

    Raises:
        SettingsError: they cannot be read.
    """
    try:
        return None if file is None else PublicKeys.read(file)
    except KeyInvalid as error:
        raise SettingsError(f"snapshot_public_key: {error}") from error
