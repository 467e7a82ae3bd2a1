"""O3: connections that do nothing, callers that do not read, calls reset at once, and what the others notice."""

import asyncio
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import grpc
import grpc.aio
from google.protobuf.message import Message

from benchmarks.chaos.fault import Outcome, unmet
from benchmarks.chaos.fleet import fleet
from benchmarks.chaos.load import RECOMMEND, REFUSALS, Load, probe, start_load
from benchmarks.chaos.shop import known_user, shop

MOST_SLOWER = 1.5
MOST_MEMORY_MIB = 512.0
MOST_REFUSED = 0.05
ASKING_S, SETTLED_S = 0.3, 3.0


@dataclass(frozen=True)
class Connections:
    """A round is an idle connection, and as many calls that are reset at once."""

    id: str = "O3"
    title: str = "idle connections and rapid resets, a round one of each, beside callers that stopped reading"
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
            with _slow_readers(port, message), _disturbing(port, rounds):
                meanwhile = probe(port, message, seconds=10, rate=50, timeout_s=5)
            memory_mib = _memory_mib(server.process.pid)
        slower = meanwhile.at("OK", 0.99) / before.at("OK", 0.99)
        refused = 1 - meanwhile.count("OK") / sum(map(len, meanwhile.took_ms.values()))
        failures = unmet(
            answers=(set(meanwhile.took_ms) <= {"OK", *REFUSALS}, f"others' calls ended in {set(meanwhile.took_ms)}"),
            refusals=(
                refused <= MOST_REFUSED,
                f"{refused:.1%} of others' calls refused, wanted {MOST_REFUSED:.0%}",
            ),
            speed=(slower <= MOST_SLOWER, f"others' p99 is {slower:.2f} times what it was, wanted {MOST_SLOWER}"),
            memory=(memory_mib <= MOST_MEMORY_MIB, f"{memory_mib:.0f} MiB at most, wanted {MOST_MEMORY_MIB:.0f}"),
        )
        figures = {"p99 before ms": before.at("OK", 0.99), "p99 meanwhile ms": meanwhile.at("OK", 0.99)}
        figures |= {"peak MiB": memory_mib, "others refused": refused}
        return Outcome(rounds=rounds, failures=failures, figures=figures)


@contextmanager
def _slow_readers(port: int, message: Message) -> Generator[None]:
    """Callers that stop in the midst of asking, their replies unread, for as long as the block runs."""
    with start_load(port, Load(message, seconds=600)) as callers:
        time.sleep(ASKING_S)
        callers.send_signal(signal.SIGSTOP)
        time.sleep(SETTLED_S)  # what they asked is answered, as far as anybody takes it
        try:
            yield
        finally:
            callers.kill()


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
