"""O3: connections that do nothing, calls that are reset at once, and what the others notice."""

import asyncio
import socket
import tempfile
import threading
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import grpc
import grpc.aio

from benchmarks.chaos.fault import Outcome, unmet
from benchmarks.chaos.fleet import fleet
from benchmarks.chaos.load import RECOMMEND, probe
from benchmarks.chaos.shop import known_user, shop

MOST_SLOWER = 1.5
MOST_MEMORY_MIB = 512.0


@dataclass(frozen=True)
class Connections:
    """A round is an idle connection, and as many calls that are reset at once."""

    id: str = "O3"
    title: str = "idle connections and rapid resets, a round one of each"
    rounds: int = 10_000

    def run(self, rounds: int, seed: int) -> Outcome:
        """Compares what a probe sees before and meanwhile."""
        with (
            shop() as data_dir,
            tempfile.TemporaryDirectory() as logs,
            fleet(data_dir, log=Path(logs) / "server.log") as server,
        ):
            server.until_serving(1)
            port, message = server.port, known_user(seed)
            before = probe(port, message, seconds=10, rate=50, timeout_s=5)
            with _disturbing(port, rounds):
                meanwhile = probe(port, message, seconds=10, rate=50, timeout_s=5)
            memory_mib = _memory_mib(server.process.pid)
        slower = meanwhile.at("OK", 0.99) / before.at("OK", 0.99)
        failures = unmet(
            answers=(set(meanwhile.took_ms) == {"OK"}, f"others' calls ended in {set(meanwhile.took_ms)}"),
            speed=(slower <= MOST_SLOWER, f"others' p99 is {slower:.2f} times what it was, wanted {MOST_SLOWER}"),
            memory=(memory_mib <= MOST_MEMORY_MIB, f"{memory_mib:.0f} MiB at most, wanted {MOST_MEMORY_MIB:.0f}"),
        )
        figures = {"p99 before ms": before.at("OK", 0.99), "p99 meanwhile ms": meanwhile.at("OK", 0.99)}
        return Outcome(rounds=rounds, failures=failures, figures=figures | {"peak MiB": memory_mib})


@contextmanager
def _disturbing(port: int, count: int) -> Generator[None]:
    """Holds ``count`` idle connections while the block runs, and resets ``count`` calls meanwhile."""
    with ExitStack() as idle:
        for _ in range(count):
            idle.enter_context(socket.create_connection(("127.0.0.1", port)))
        resets = threading.Thread(target=lambda: asyncio.run(_reset(port, count)), name="resets")
        resets.start()
        yield
        resets.join()


async def _reset(port: int, count: int) -> None:
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        ask: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(RECOMMEND)
        for _ in range(count):
            call = ask(b"")
            await asyncio.sleep(0)
            call.cancel()


def _memory_mib(pid: int) -> float:
    """The most memory the process ever held."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    (peak,) = (line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(peak) / 1_024


FAULTS = (Connections(),)
