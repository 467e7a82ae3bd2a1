"""A server that is killed again and again, whole or a worker of it, while writers write.

Knows nothing of what they write, nor of where that is kept.
"""

import random
import secrets
import socket
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from benchmarks.chaos.fleet import Fleet, FleetError, fleet
from benchmarks.chaos.writers import Writers
from tests.postgresql import postgresql
from tests.server.tiny_snapshot import TinySnapshot

_LONGEST_WAIT_S = 0.1
_ORPHANED_S = 30.0
_PAUSE_S = 0.02
_WHOLE: Final = 0.2
"""Of the kills where there are workers: the supervisor is killed, and they end by themselves."""


@dataclass(frozen=True)
class Place:
    """What is served, and where what is written is kept."""

    data_dir: Path
    url: str
    key_file: Path


@contextmanager
def place(database: str) -> Generator[Place]:
    """A snapshot to serve, and a fresh "sqlite" or "postgresql"."""
    with tempfile.TemporaryDirectory(prefix="firstlight-chaos-") as directory:
        root = Path(directory)
        TinySnapshot().publish(root / "data")
        (root / "key").write_text(secrets.token_hex(32))
        if database == "sqlite":
            yield Place(root / "data", f"sqlite:///{root / 'kept.db'}", root / "key")
        else:
            with postgresql() as server:
                yield Place(root / "data", server.database(), root / "key")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@dataclass
class KilledServer:
    """One that is started as often as it is killed whole.

    Attributes:
        data_dir: what it serves.
        settings: what else it is told.
        workers: how many; with several, most kills are of one of them.
        between: how much is acknowledged before each kill, in the writers' unit.
        draw: decides whom to kill, and when.
        killed: kills of anybody.
        killed_whole: of these, of the server itself.
        port: where it listens, each time.
    """

    data_dir: Path
    settings: dict[str, object]
    workers: int
    between: int
    draw: random.Random
    killed: int = 0
    killed_whole: int = 0
    port: int = field(default_factory=_free_port)

    @property
    def target(self) -> str:
        """Its address."""
        return f"127.0.0.1:{self.port}"

    def kill(self, rounds: int, writers: Writers) -> Generator[None]:
        """Kills as often as ``rounds``, and yields after each; then yields while it serves, its writers at rest."""
        settings = {"listen": self.target, "workers": self.workers} | self.settings
        while True:
            log = self.data_dir.with_name(f"server-{self.killed_whole}.log")
            with fleet(self.data_dir, log=log, **settings) as servers:
                yield from self._killed_once_or_more(servers, rounds, writers)
                if self.killed == rounds and servers.process.poll() is None:
                    writers.until_written(self.between * (rounds + 1))
                    writers.stop_and_wait()
                    yield
                    return

    def _killed_once_or_more(self, servers: Fleet, rounds: int, writers: Writers) -> Generator[None]:
        """Until the whole server was killed, or everybody was killed who is to be."""
        started = self.workers
        while self.killed < rounds:
            writers.until_written(self.between * (self.killed + 1))
            time.sleep(self.draw.uniform(0, _LONGEST_WAIT_S))
            self.killed += 1
            if self.workers == 1 or self.draw.random() < _WHOLE:
                self.killed_whole += 1
                servers.process.kill()
                servers.process.wait()
                _until_ended([line["pid"] for line in servers.said("worker started")])
                yield
                return
            _until_started(servers, started)
            servers.kill(self.draw.choice(list(servers.pids().values())))
            started += 1
            yield


def _until_started(servers: Fleet, times: int) -> None:
    servers.until(lambda: len(servers.said("worker started")) >= times, f"workers were started {times} times")


def _until_ended(workers: list[int]) -> None:
    """Waits until the workers of a supervisor that was killed have ended; those that start may listen until then."""
    end_s = time.monotonic() + _ORPHANED_S
    while alive := [pid for pid in workers if _runs(pid)]:
        if time.monotonic() > end_s:
            raise FleetError(f"workers {alive} go on although their supervisor was killed")
        time.sleep(_PAUSE_S)


def _runs(pid: int) -> bool:
    try:
        return b"firstlight_server" in Path(f"/proc/{pid}/cmdline").read_bytes()  # empty once it has ended
    except OSError:
        return False
