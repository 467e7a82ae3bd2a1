"""Answers, without listening, whether a server started with these settings would serve. Knows nothing of gRPC calls."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from structlog.typing import FilteringBoundLogger

from firstlight_server.catalogue.change_source import ChangeSource
from firstlight_server.exploration.exploration import experiments_of
from firstlight_server.instruments import Instruments
from firstlight_server.settings import Settings
from firstlight_server.tenant import Tenant
from firstlight_server.tenants_of import make_tenants


@dataclass(frozen=True)
class TenantCheck:
    """What was found for one tenant; ``summary`` is for people."""

    tenant: str
    ok: bool
    summary: str


async def check_tenants(settings: Settings, *, logger: FilteringBoundLogger) -> list[TenantCheck]:
    """Loads and warms every tenant's current snapshot; refusals are also logged with their reason."""
    with ThreadPoolExecutor(1, thread_name_prefix="loader") as loader:
        instruments = Instruments()
        exploring = experiments_of(settings, metrics=instruments.arms)
        source = ChangeSource(settings.data_dir, settings.catalogue_changes)
        tenants = make_tenants(
            settings, source, loader=loader, instruments=instruments, logger=logger, stop=_go_on, exploring=exploring
        )
        await tenants.refresh()
        results = [_result(tenant) for tenant in tenants]
        await tenants.close()
        return results


def _result(tenant: Tenant) -> TenantCheck:
    if tenant.live_id is not None:
        facts = tenant.live.manifest.facts
        return TenantCheck(tenant.name, True, f"{tenant.live_id} answers, {facts.item_count:,} items of {facts.domain}")
    if tenant.refusals:
        return TenantCheck(tenant.name, False, f"refused: {', '.join(tenant.refusals)}")
    return TenantCheck(tenant.name, False, "no snapshot is published")


def _go_on() -> None:
    """Nothing runs that would have to stop."""
