"""The composition root: every object is made here, once, and handed to those that need it.

Knows nothing of the command line.
"""

import asyncio
import gc
import signal
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import grpc.aio
from structlog.typing import FilteringBoundLogger

from firstlight_server.admission.gate import Gate
from firstlight_server.admission.observer import Tally
from firstlight_server.call_recorder import CallRecorder
from firstlight_server.call_recorder_of import call_recorder_of
from firstlight_server.catalogue.change_source import ChangeSource
from firstlight_server.catalogue.changing import Changing
from firstlight_server.channel_options import channel_options
from firstlight_server.dispatcher import Dispatcher
from firstlight_server.door import Door, door_of
from firstlight_server.exploration.exploration import begin_exploration, experiments_of
from firstlight_server.feedback_loop import FeedbackLoop
from firstlight_server.health import Health
from firstlight_server.identity.doorkeeper import Doorkeeper, doorkeeper_of
from firstlight_server.instruments import Instruments
from firstlight_server.interceptor import CallInterceptor
from firstlight_server.memory.remembering import remembering
from firstlight_server.metrics.catalogue_metrics import CatalogueMetrics
from firstlight_server.metrics.endpoint import MetricsEndpoint
from firstlight_server.services import add_services
from firstlight_server.services_of import Parts, services_of
from firstlight_server.settings import Settings
from firstlight_server.tenants import TenantRegistry
from firstlight_server.tenants_of import make_tenants
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
        loop: what remembers, learns and changes catalogues.
    """

    port: int
    tenants: TenantRegistry
    stopping: asyncio.Event
    loop: FeedbackLoop
    _door: Door
    _grpc: grpc.aio.Server
    _health: Health
    _doorkeeper: Doorkeeper
    _watching: asyncio.Task[None]
    _dispatcher: Dispatcher
    _loader: ThreadPoolExecutor
    _endpoint: MetricsEndpoint | None
    _recorder: CallRecorder
    _grace_s: float
    _logger: FilteringBoundLogger

    @property
    def gate(self) -> Gate:
        """Users' calls that run and wait."""
        return self._door.admission.gate

    @property
    def tally(self) -> Tally:
        """What became of calls, and the rungs that answered."""
        return self._door.tally

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
        cut_off = self._door.admission.under_way
        await closing
        await self._doorkeeper.close()
        await asyncio.gather(self._watching, return_exceptions=True)
        self._dispatcher.close()
        await self.loop.close()
        await self.tenants.close()
        self._loader.shutdown(wait=True, cancel_futures=True)
        if self._endpoint is not None:
            await asyncio.to_thread(self._endpoint.close)
        await asyncio.to_thread(self._recorder.close)
        self._logger.info("stopped", calls_cut_off=cut_off)
        return ExitStatus.CUT_OFF if cut_off else ExitStatus.DRAINED


async def start(settings: Settings, *, logger: FilteringBoundLogger) -> Server:
    """Listens at once, NOT_SERVING until the first snapshots are loaded and warm.

    Raises:
        SettingsError: an address cannot be listened on, a certificate is not sound, or the door stands open.
    """
    stopping, instruments = asyncio.Event(), Instruments()
    loader = ThreadPoolExecutor(1, thread_name_prefix="loader")
    experiments = experiments_of(settings, metrics=instruments.arms)
    source = ChangeSource(settings.data_dir, settings.catalogue_changes)
    make = partial(make_tenants, settings, source, loader=loader, logger=logger, stop=stopping.set)
    tenants = make(instruments=instruments, exploring=experiments)
    dispatcher, door = _dispatcher(settings, instruments), door_of(settings, tenants, instruments, logger)
    health, doorkeeper = await _not_serving(), await doorkeeper_of(settings, logger=logger)
    recorder = _recorder(settings, tenants, door, health, instruments, logger)
    server = _grpc_server(settings, door, recorder, doorkeeper)
    feedback = remembering(settings, tenants, meter=instruments.meter, logger=logger)
    changing = Changing.begin(source, tenants, dispatcher, metrics=CatalogueMetrics(instruments.meter), logger=logger)
    services = services_of(Parts(tenants, dispatcher, door, instruments, experiments, feedback, changing))
    add_services(server, services, health, reflects=settings.reflection)
    open_ports = await _listening(server, settings, instruments, logger)
    await feedback.until_tried()
    learning = begin_exploration(experiments, lambda: feedback.log, metrics=instruments.arms, logger=logger)
    return Server(
        port=open_ports.grpc,
        tenants=tenants,
        stopping=stopping,
        _door=door,
        _grpc=server,
        _health=health,
        _doorkeeper=doorkeeper,
        _watching=_watch(settings, tenants, health, logger),
        _dispatcher=dispatcher,
        loop=FeedbackLoop(feedback, changing, learning),
        _loader=loader,
        _endpoint=open_ports.metrics,
        _recorder=recorder,
        _grace_s=settings.drain_grace_s,
        _logger=logger,
    )


class _OpenPorts(NamedTuple):
    grpc: int
    metrics: MetricsEndpoint | None


async def _listening(
    server: grpc.aio.Server, settings: Settings, instruments: Instruments, logger: FilteringBoundLogger
) -> _OpenPorts:
    port = listen(server, settings, logger=logger)
    endpoint = _open_metrics(settings.metrics_listen, instruments)
    await server.start()
    logger.info("listening", address=settings.listen, port=port, data_dir=str(settings.data_dir))
    return _OpenPorts(port, endpoint)


async def _not_serving() -> Health:
    health = Health()
    await health.set_serving(False)
    return health


def _recorder(
    settings: Settings,
    tenants: TenantRegistry,
    door: Door,
    health: Health,
    instruments: Instruments,
    logger: FilteringBoundLogger,
) -> CallRecorder:
    metrics = instruments.watch(tenants, gate=door.admission.gate, serving=lambda: health.is_serving)
    return call_recorder_of(settings, metrics=metrics, logger=logger)


def _grpc_server(settings: Settings, door: Door, recorder: CallRecorder, doorkeeper: Doorkeeper) -> grpc.aio.Server:
    admitted = [ClientNames(settings.tls_client_names)] if settings.tls_client_names else []
    interceptors = [CallInterceptor(admission=door.admission, recorder=recorder), *admitted, *doorkeeper.interceptors]
    return grpc.aio.server(interceptors=interceptors, options=channel_options(settings))


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


def _open_metrics(address: str, instruments: Instruments) -> MetricsEndpoint | None:
    return MetricsEndpoint.open(address, instruments.meter.registry) if address else None
