"""The composition root: every object is made here, once, and handed to those that need it.

Knows nothing of the command line.
"""

import asyncio
import signal
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass

import grpc.aio
from grpc_reflection.v1alpha import reflection
from structlog.typing import FilteringBoundLogger

from firstlight.v1 import index_service_pb2_grpc, recommendation_service_pb2_grpc
from firstlight_server.channel_options import channel_options
from firstlight_server.dispatcher import Dispatcher
from firstlight_server.errors import SettingsError
from firstlight_server.health import HEALTH_SERVICE_NAME, SERVICE_NAMES, Health
from firstlight_server.index_service import IndexService
from firstlight_server.interceptor import CallInterceptor
from firstlight_server.recommendation_service import RecommendationService
from firstlight_server.settings import Settings
from firstlight_server.snapshot_policy import SnapshotPolicy
from firstlight_server.snapshots_on_disk import SnapshotsOnDisk
from firstlight_server.tenant import Tenant
from firstlight_server.tenants import TenantRegistry
from firstlight_server.watcher import Watcher


@dataclass
class Server:
    """A server that listens. Made by `start`, ended by `stop`.

    Attributes:
        port: the port it listens on.
        tenants: whose snapshots answer.
        stopping: set when the server should end: by a signal, or because the disk can no longer be trusted.
    """

    port: int
    tenants: TenantRegistry
    stopping: asyncio.Event
    _grpc: grpc.aio.Server
    _health: Health
    _watching: asyncio.Task[None]
    _dispatcher: Dispatcher
    _loader: ThreadPoolExecutor
    _grace_s: float
    _logger: FilteringBoundLogger

    async def stop(self) -> None:
        """NOT_SERVING first, then no new calls; those running get the grace to finish."""
        self._logger.info("draining", grace_s=self._grace_s)
        await self._health.drain()
        self._watching.cancel()
        await self._grpc.stop(self._grace_s)
        await asyncio.gather(self._watching, return_exceptions=True)
        self._dispatcher.close()
        await self.tenants.close()
        self._loader.shutdown(wait=True, cancel_futures=True)
        self._logger.info("stopped")


async def start(settings: Settings, *, logger: FilteringBoundLogger) -> Server:
    """Listens at once, NOT_SERVING until the first snapshots are loaded and warm.

    Raises:
        SettingsError: the address cannot be listened on.
    """
    stopping = asyncio.Event()
    loader = ThreadPoolExecutor(1, thread_name_prefix="loader")
    tenants = make_tenants(settings, loader=loader, logger=logger, stop=stopping.set)
    dispatcher = Dispatcher(search_threads=settings.search_threads, encode_threads=settings.encode_threads)
    health = Health()
    await health.set_serving(False)
    server = grpc.aio.server(interceptors=[CallInterceptor(logger=logger)], options=channel_options(settings))
    recommendation = RecommendationService(tenants, dispatcher)
    recommendation_service_pb2_grpc.add_RecommendationServiceServicer_to_server(recommendation, server)
    index_service_pb2_grpc.add_IndexServiceServicer_to_server(IndexService(tenants), server)
    health.register(server)
    if settings.reflection:
        names = (*SERVICE_NAMES, HEALTH_SERVICE_NAME, reflection.SERVICE_NAME)
        reflection.enable_server_reflection(names, server)
    port = _listen(server, settings.listen)
    await server.start()
    logger.info("listening", address=settings.listen, port=port, data_dir=str(settings.data_dir))
    watcher = Watcher(tenants, health, interval_s=settings.poll_interval_s, logger=logger)
    return Server(
        port=port,
        tenants=tenants,
        stopping=stopping,
        _grpc=server,
        _health=health,
        _watching=asyncio.create_task(watcher.run()),
        _dispatcher=dispatcher,
        _loader=loader,
        _grace_s=settings.drain_grace_s,
        _logger=logger,
    )


async def serve(settings: Settings, *, logger: FilteringBoundLogger) -> None:
    """Serves until SIGTERM or SIGINT, then drains."""
    server = await start(settings, logger=logger)
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, server.stopping.set)
    await server.stopping.wait()
    await server.stop()


def make_tenants(
    settings: Settings, *, loader: Executor, logger: FilteringBoundLogger, stop: Callable[[], None]
) -> TenantRegistry:
    """The tenants of ``settings``, nothing loaded yet; their disk work runs on ``loader``."""
    policy = SnapshotPolicy(
        text_cache_entries=settings.text_cache_entries,
        min_recall=settings.min_recall,
        keep_loaded=settings.keep_loaded,
        keep_snapshots=settings.keep_snapshots,
    )

    def make(name: str) -> Tenant:
        disk = SnapshotsOnDisk(settings.data_dir, name, policy=policy)
        return Tenant(name, disk, keep_loaded=policy.keep_loaded, loader=loader, logger=logger, stop=stop)

    return TenantRegistry(settings.data_dir, settings.tenants, make_tenant=make, logger=logger)


def _listen(server: grpc.aio.Server, address: str) -> int:
    try:
        return server.add_insecure_port(address)
    except RuntimeError as error:
        raise SettingsError(f"listen: {address} cannot be listened on; is the port taken? ({error})") from error
