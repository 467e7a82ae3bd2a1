"""Keeps N workers running on one port, until it is told to stop; then all of them drain.

It starts processes anew and never forks a server: gRPC and FAISS do not survive a fork (grpc/grpc#22624). It loads
neither. Knows nothing of what workers serve.
"""

import asyncio
import os
import signal
import socket
import sys
from dataclasses import dataclass
from typing import Final

from structlog.typing import FilteringBoundLogger

from firstlight_server.settings import Settings
from firstlight_server.workers.link import LISTENING, SERVING, Link, Order
from firstlight_server.workers.reserved_port import reserved_port
from firstlight_server.workers.status import ExitStatus

_FIRST_BACKOFF_S: Final = 0.1
_MAX_BACKOFF_S: Final = 30.0
_STOP_S: Final = 5.0
"""How long a worker may take to end once its grace is over."""


@dataclass
class _Worker:
    """One process, and how far it came."""

    process: asyncio.subprocess.Process
    link: Link
    served: bool = False


async def supervise(settings: Settings, *, logger: FilteringBoundLogger) -> ExitStatus:
    """Runs ``settings.workers`` workers until SIGTERM or SIGINT.

    Raises:
        SettingsError: the address cannot be listened on.
    """
    with reserved_port(settings.listen, shared=settings.reuse_port) as address:
        supervisor = Supervisor(worker_settings(settings, address), count=settings.workers, logger=logger)
        for name in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(name, supervisor.stop)
        logger.info("supervising", address=settings.listen, port=int(address.rpartition(":")[2]), pid=os.getpid())
        return await supervisor.run()


def worker_settings(settings: Settings, address: str) -> Settings:
    """The settings of one of several workers: the shared address, and its part of every quota."""
    part = 1 / settings.workers
    rates = {tenant: rate * part for tenant, rate in settings.tenant_rates.items()}
    shared = {"listen": address, "reuse_port": True, "workers": 1}
    return settings.model_copy(update=shared | {"tenant_rate": settings.tenant_rate * part, "tenant_rates": rates})


class Supervisor:
    """Starts workers, starts those that died again, and ends them all."""

    def __init__(self, settings: Settings, *, count: int, logger: FilteringBoundLogger) -> None:
        self._settings = settings
        self._count = count
        self._logger = logger
        self._workers: dict[int, _Worker] = {}
        self._stopping = asyncio.Event()
        self._settings_are_good = asyncio.Event()
        self._status = ExitStatus.DRAINED

    def stop(self) -> None:
        """Ends `run`: every worker drains."""
        self._stopping.set()

    async def run(self) -> ExitStatus:
        """Runs until `stop`, or until the first worker finds the settings bad."""
        keeping = [asyncio.create_task(self._keep(number)) for number in range(self._count)]
        await self._stopping.wait()
        self._logger.info("draining", workers=len(self._workers), grace_s=self._settings.drain_grace_s)
        await asyncio.gather(*(self._end(worker) for worker in self._workers.values()))
        await asyncio.gather(*keeping)
        self._logger.info("stopped", status=self._status.name)
        return self._status

    async def _keep(self, number: int) -> None:
        """Runs one worker after the other, longer apart while they die before they serve.

        Once one has served, settings that have gone bad since then end no others: it is tried again.
        """
        if number:  # bad settings are found by the first worker alone, so that they are told once
            await _either(self._settings_are_good, self._stopping)
        backoff_s, has_served = _FIRST_BACKOFF_S, False
        while not self._stopping.is_set():
            worker = self._workers[number] = await self._start(number)
            if self._stopping.is_set():  # since before it could be told
                worker.process.terminate()
            await self._watch(worker)
            status = await worker.process.wait()
            worker.link.close()
            if self._stopping.is_set():
                return
            has_served = has_served or worker.served
            if status == ExitStatus.BAD_SETTINGS and not has_served:
                self._status = ExitStatus.BAD_SETTINGS
                self._stopping.set()
                return
            backoff_s = _FIRST_BACKOFF_S if worker.served else min(2 * backoff_s, _MAX_BACKOFF_S)
            self._logger.error("worker died", worker=number, status=status, restart_in_s=backoff_s)
            await _either(self._stopping, timeout_s=backoff_s)

    async def _start(self, number: int) -> _Worker:
        mine, theirs = socket.socketpair()
        with theirs:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "firstlight_server.workers.worker",
                str(theirs.fileno()),
                pass_fds=[theirs.fileno()],
            )
        link = await Link.over(mine)
        link.give(Order(number, self._settings))
        self._logger.info("worker started", worker=number, pid=process.pid)
        return _Worker(process, link)

    async def _watch(self, worker: _Worker) -> None:
        if await worker.link.heard(LISTENING):
            self._settings_are_good.set()
            worker.served = await worker.link.heard(SERVING)

    async def _end(self, worker: _Worker) -> None:
        """Lets a worker drain; one that does not end in time is killed, and counts as cut off."""
        if worker.process.returncode is not None:
            return
        worker.process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(self._settings.drain_grace_s + _STOP_S):
                status = await worker.process.wait()
        except TimeoutError:
            worker.process.kill()
            status = await worker.process.wait()
        if status != ExitStatus.DRAINED:
            self._logger.error("worker did not drain", pid=worker.process.pid, status=status)
            self._status = max(self._status, ExitStatus.CUT_OFF)


async def _either(*events: asyncio.Event, timeout_s: float | None = None) -> None:
    """Waits for the first of ``events``, or until ``timeout_s`` is over."""
    waiting = [asyncio.create_task(event.wait()) for event in events]
    await asyncio.wait(waiting, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()
