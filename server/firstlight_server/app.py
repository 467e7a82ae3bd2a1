"""The composition root: every object is made here, once, and handed to those that need it.

Knows nothing of the command line.
"""

import asyncio
import signal
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import grpc.aio
from grpc_reflection.v1alpha import reflection
from structlog.typing import FilteringBoundLogger

from firstlight.v1 import index_service_pb2_grpc, recommendation_service_pb2_grpc
from firstlight_server.call_log import CallLog
from firstlight_server.call_recorder import CallRecorder
from firstlight_server.call_span import CallTracer
from firstlight_server.channel_options import channel_options
from firstlight_server.dispatcher import Dispatcher
from firstlight_server.errors import SettingsError
from firstlight_server.health import HEALTH_SERVICE_NAME, SERVICE_NAMES, Health
from firstlight_server.index_service import IndexService
from firstlight_server.instruments import Instruments
from firstlight_server.interceptor import CallInterceptor
from firstlight_server.loaded_snapshot import load
from firstlight_server.metrics.endpoint import MetricsEndpoint
from firstlight_server.metrics.text_metrics import TextMetrics
from firstlight_server.recommendation_service import RecommendationService
from firstlight_server.settings import Settings
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
    _endpoint: MetricsEndpoint | None
    _tracer: CallTracer | None
    _grace_s: float
    _logger: FilteringBoundLogger

    @property
    def metrics_port(self) -> int | None:
        """The port that Prometheus scrapes; None if there is none."""
        return self._endpoint.port if self._endpoint else None

    async def stop(self) -> None:
        """NOT_SERVING first, then no new calls; those running get the grace to finish."""
        self._logger.info("draining", grace_s=self._grace_s)
        await self._health.drain()
        self._watching.cancel()
        await self._grpc.stop(self._grace_s)
        await asyncio.gather(self._watching, return_exceptions=True)
        self._dispatcher.close()
        self._loader.shutdown(wait=True, cancel_futures=True)
        self.tenants.close()
        if self._endpoint is not None:
            await asyncio.to_thread(self._endpoint.close)
        if self._tracer is not None:
            await asyncio.to_thread(self._tracer.close)
        self._logger.info("stopped")


async def start(settings: Settings, *, logger: FilteringBoundLogger) -> Server:
    """Listens at once, NOT_SERVING until the first snapshots are loaded and warm.

    Raises:
        SettingsError: an address cannot be listened on.
    """
    stopping = asyncio.Event()
    loader = ThreadPoolExecutor(1, thread_name_prefix="loader")
    instruments = Instruments()
    tenants = make_tenants(settings, loader=loader, text_metrics=instruments.texts, logger=logger, stop=stopping.set)
    dispatcher = _dispatcher(settings, instruments)
    health = Health()
    await health.set_serving(False)
    tracer = _tracer(settings, logger)
    calls = instruments.watch(tenants, serving=lambda: health.is_serving)
    recorder = CallRecorder(log=_call_log(settings, logger), metrics=calls, tracer=tracer)
    server = grpc.aio.server(interceptors=[CallInterceptor(recorder=recorder)], options=channel_options(settings))
    recommendation = RecommendationService(tenants, dispatcher, metrics=instruments.answers)
    recommendation_service_pb2_grpc.add_RecommendationServiceServicer_to_server(recommendation, server)
    index_service_pb2_grpc.add_IndexServiceServicer_to_server(IndexService(tenants), server)
    _add_standard_services(server, health, settings)
    port = _listen(server, settings.listen)
    endpoint = _open_metrics(settings.metrics_listen, instruments)
    await server.start()
    logger.info("listening", address=settings.listen, port=port, data_dir=str(settings.data_dir))
    return Server(
        port=port,
        tenants=tenants,
        stopping=stopping,
        _grpc=server,
        _health=health,
        _watching=_watch(settings, tenants, health, logger),
        _dispatcher=dispatcher,
        _loader=loader,
        _endpoint=endpoint,
        _tracer=tracer,
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
    settings: Settings,
    *,
    loader: Executor,
    text_metrics: TextMetrics,
    logger: FilteringBoundLogger,
    stop: Callable[[], None],
) -> TenantRegistry:
    """The tenants of ``settings``, nothing loaded yet; their disk work runs on ``loader``."""
    load_warm = partial(load, text_cache_entries=settings.text_cache_entries, text_metrics=text_metrics)

    def make(name: str) -> Tenant:
        return Tenant(
            name,
            settings.data_dir,
            loader=loader,
            load=load_warm,
            logger=logger,
            stop=stop,
        )

    return TenantRegistry(settings.data_dir, settings.tenants, make_tenant=make, logger=logger)


def _watch(
    settings: Settings, tenants: TenantRegistry, health: Health, logger: FilteringBoundLogger
) -> asyncio.Task[None]:
    watcher = Watcher(tenants, health, interval_s=settings.poll_interval_s, logger=logger)
    return asyncio.create_task(watcher.run())


def _dispatcher(settings: Settings, instruments: Instruments) -> Dispatcher:
    return Dispatcher(
        search_threads=settings.search_threads,
        encode_threads=settings.encode_threads,
        search_batches=instruments.search_batches,
    )


def _call_log(settings: Settings, logger: FilteringBoundLogger) -> CallLog:
    return CallLog(logger, calls=settings.log_calls, sample_ratio=settings.log_sample_ratio)


def _tracer(settings: Settings, logger: FilteringBoundLogger) -> CallTracer | None:
    if not settings.otlp_endpoint:
        return None
    try:
        from firstlight_server.tracing import OtlpTracer  # noqa: PLC0415 - opentelemetry only where asked for
    except ImportError as error:
        raise SettingsError(
            f"otlp_endpoint: tracing needs the extra: pip install 'firstlight[tracing]' ({error})"
        ) from error
    return OtlpTracer(settings.otlp_endpoint, sample_ratio=settings.trace_sample_ratio, logger=logger)


def _add_standard_services(server: grpc.aio.Server, health: Health, settings: Settings) -> None:
    health.register(server)
    if settings.reflection:
        names = (*SERVICE_NAMES, HEALTH_SERVICE_NAME, reflection.SERVICE_NAME)
        reflection.enable_server_reflection(names, server)


def _open_metrics(address: str, instruments: Instruments) -> MetricsEndpoint | None:
    return MetricsEndpoint.open(address, instruments.meter.registry) if address else None


def _listen(server: grpc.aio.Server, address: str) -> int:
    try:
        return server.add_insecure_port(address)
    except RuntimeError as error:
        raise SettingsError(f"listen: {address} cannot be listened on; is the port taken? ({error})") from error
