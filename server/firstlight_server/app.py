"""The composition root: every object is made here, once, and handed to those that need it.

Knows nothing of the command line.
"""

import asyncio
import gc
import math
import signal
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import grpc.aio
from structlog.typing import FilteringBoundLogger

from firstlight_server.admission.admission import Admission
from firstlight_server.admission.admission_of import admission_of
from firstlight_server.admission.gate import Gate
from firstlight_server.admission.observer import LoadObserver, Observers, Tally
from firstlight_server.admission.refusal_log import RefusalLog
from firstlight_server.call_log import CallLog
from firstlight_server.call_recorder import CallRecorder
from firstlight_server.call_span import CallTracer
from firstlight_server.catalogue.change_source import ChangeSource
from firstlight_server.catalogue.changing import Changing
from firstlight_server.catalogue_service import CatalogueService
from firstlight_server.channel_options import channel_options
from firstlight_server.degradation.ladder import Ladders
from firstlight_server.dispatcher import Dispatcher
from firstlight_server.errors import SettingsError
from firstlight_server.health import Health
from firstlight_server.identity.doorkeeper import Doorkeeper, doorkeeper_of
from firstlight_server.index_service import IndexService
from firstlight_server.instruments import Instruments
from firstlight_server.interceptor import CallInterceptor
from firstlight_server.metrics.endpoint import MetricsEndpoint
from firstlight_server.recommendation_service import RecommendationService
from firstlight_server.services import add_services
from firstlight_server.settings import Settings
from firstlight_server.tenant_factory import make_tenants
from firstlight_server.tenants import TenantRegistry
from firstlight_server.tls.client_names import ClientNames
from firstlight_server.tls.listener import listen
from firstlight_server.watcher import Watcher
from firstlight_server.workers.status import ExitStatus


def _tell_nobody() -> None:
    """Nobody asked to be told."""


@dataclass
class Server:
    """A server that listens. Made by `start`, ended by `stop`.

    Attributes:
        port: the port it listens on.
        tenants: whose snapshots answer.
        stopping: set when the server should end: by a signal, or because the disk can no longer be trusted.
        gate: users' calls that run and wait.
        tally: what became of calls, and the rungs that answered.
    """

    port: int
    tenants: TenantRegistry
    stopping: asyncio.Event
    gate: Gate
    tally: Tally
    _grpc: grpc.aio.Server
    _health: Health
    _doorkeeper: Doorkeeper
    _watching: asyncio.Task[None]
    _dispatcher: Dispatcher
    _loader: ThreadPoolExecutor
    _changing: Changing
    _endpoint: MetricsEndpoint | None
    _recorder: CallRecorder
    _grace_s: float
    _logger: FilteringBoundLogger

    @property
    def metrics_port(self) -> int | None:
        """The port that Prometheus scrapes; None if there is none."""
        return self._endpoint.port if self._endpoint else None

    async def until_serving(self) -> None:
        """Waits until the first snapshots are warm."""
        await self._health.serving.wait()

    async def stop(self) -> ExitStatus:
        """NOT_SERVING first, then no new calls; those running get the grace to finish, and are cut off after it."""
        self._logger.info("draining", grace_s=self._grace_s)
        await self._health.drain()
        self._watching.cancel()
        closing = asyncio.create_task(self._grpc.stop(self._grace_s))
        await asyncio.wait([closing], timeout=self._grace_s)
        cut_off = self.gate.running + self.gate.waiting
        await closing
        await self._doorkeeper.close()
        await asyncio.gather(self._watching, return_exceptions=True)
        await self._changing.close()
        self._dispatcher.close()
        await self.tenants.close()
        self._loader.shutdown(wait=True, cancel_futures=True)
        if self._endpoint is not None:
            await asyncio.to_thread(self._endpoint.close)
        await asyncio.to_thread(self._recorder.close)
        self._logger.info("stopped", calls_cut_off=cut_off)
        return ExitStatus.CUT_OFF if cut_off else ExitStatus.DRAINED


@dataclass(frozen=True)
class _Door:
    """What lets calls in, and who is told of it."""

    admission: Admission
    ladders: Ladders
    tally: Tally
    observer: LoadObserver


def _door(settings: Settings, tenants: TenantRegistry, instruments: Instruments, logger: FilteringBoundLogger) -> _Door:
    ladders = Ladders(target_wait_s=settings.target_wait_s if settings.degrade else math.inf)
    tally = Tally()
    observer = Observers([ladders, tally, instruments.load, RefusalLog(logger)])
    return _Door(admission_of(settings, tenants=tenants, observer=observer), ladders, tally, observer)


async def start(settings: Settings, *, logger: FilteringBoundLogger) -> Server:
    """Listens at once, NOT_SERVING until the first snapshots are loaded and warm.

    Raises:
        SettingsError: an address cannot be listened on, a certificate is not sound, or the door stands open.
    """
    stopping = asyncio.Event()
    loader, instruments = ThreadPoolExecutor(1, thread_name_prefix="loader"), Instruments()
    source = ChangeSource(settings.data_dir, settings.catalogue_changes)
    tenants = make_tenants(settings, source, loader=loader, instruments=instruments, logger=logger, stop=stopping.set)
    dispatcher = _dispatcher(settings, instruments)
    changing = Changing.begin(source, tenants, dispatcher, logger=logger)
    door = _door(settings, tenants, instruments, logger)
    health = await _not_serving()
    recorder = _recorder(settings, instruments, tenants, door, health, logger)
    doorkeeper = await doorkeeper_of(settings, logger=logger)
    server = _grpc_server(settings, door, recorder, doorkeeper)
    services = _services(tenants, dispatcher, door, instruments, changing)
    add_services(server, *services, health, reflects=settings.reflection)
    port, endpoint = listen(server, settings, logger=logger), _open_metrics(settings.metrics_listen, instruments)
    await server.start()
    logger.info("listening", address=settings.listen, port=port, data_dir=str(settings.data_dir))
    return Server(
        port=port,
        tenants=tenants,
        stopping=stopping,
        gate=door.admission.gate,
        tally=door.tally,
        _grpc=server,
        _health=health,
        _doorkeeper=doorkeeper,
        _watching=_watch(settings, tenants, health, logger),
        _dispatcher=dispatcher,
        _loader=loader,
        _changing=changing,
        _endpoint=endpoint,
        _recorder=recorder,
        _grace_s=settings.drain_grace_s,
        _logger=logger,
    )


async def _not_serving() -> Health:
    health = Health()
    await health.set_serving(False)
    return health


def _recorder(
    settings: Settings,
    instruments: Instruments,
    tenants: TenantRegistry,
    door: _Door,
    health: Health,
    logger: FilteringBoundLogger,
) -> CallRecorder:
    calls = instruments.watch(tenants, gate=door.admission.gate, serving=lambda: health.is_serving)
    return CallRecorder(log=_call_log(settings, logger), metrics=calls, tracer=_tracer(settings, logger))


def _grpc_server(settings: Settings, door: _Door, recorder: CallRecorder, doorkeeper: Doorkeeper) -> grpc.aio.Server:
    admitted = [ClientNames(settings.tls_client_names)] if settings.tls_client_names else []
    interceptors = [CallInterceptor(admission=door.admission, recorder=recorder), *admitted, *doorkeeper.interceptors]
    return grpc.aio.server(interceptors=interceptors, options=channel_options(settings))


def _services(
    tenants: TenantRegistry, dispatcher: Dispatcher, door: _Door, instruments: Instruments, changing: Changing
) -> tuple[RecommendationService, IndexService, CatalogueService]:
    recommendation = RecommendationService(
        tenants,
        dispatcher,
        follower=changing.follower,
        ladders=door.ladders,
        observer=door.observer,
        metrics=instruments.answers,
    )
    return recommendation, IndexService(tenants), CatalogueService(tenants, changing)


async def serve(
    settings: Settings,
    *,
    logger: FilteringBoundLogger,
    listening: Callable[[], None] = _tell_nobody,
    serving: Callable[[], None] = _tell_nobody,
    unwanted: Awaitable[None] | None = None,
) -> ExitStatus:
    """Serves until SIGTERM, SIGINT or until it is ``unwanted``, then drains; says when it listens and serves.

    Raises:
        SettingsError: the address cannot be listened on.
    """
    server = await start(settings, logger=logger)
    gc.collect()
    gc.freeze()  # what was imported stays for ever: looking through it takes 60 ms a time
    listening()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, server.stopping.set)
    telling = asyncio.create_task(_after(server.until_serving(), serving))
    watching = [asyncio.create_task(_after(unwanted, server.stopping.set))] if unwanted else []
    await server.stopping.wait()
    for task in (telling, *watching):
        task.cancel()
    return await server.stop()


async def _after(awaited: Awaitable[None], then: Callable[[], None]) -> None:
    await awaited
    then()


def _watch(
    settings: Settings, tenants: TenantRegistry, health: Health, logger: FilteringBoundLogger
) -> asyncio.Task[None]:
    watcher = Watcher(tenants, health, interval_s=settings.poll_interval_s, logger=logger)
    return asyncio.create_task(watcher.run())


def _dispatcher(settings: Settings, instruments: Instruments) -> Dispatcher:
    return Dispatcher(
        search_threads=settings.search_threads,
        encode_threads=settings.encode_threads,
        most_together=settings.max_batch,
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


def _open_metrics(address: str, instruments: Instruments) -> MetricsEndpoint | None:
    return MetricsEndpoint.open(address, instruments.meter.registry) if address else None
