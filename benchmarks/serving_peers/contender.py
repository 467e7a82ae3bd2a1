"""One contender: what it is called, how it is started, how it is asked. Knows nothing of loads or answers."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import grpc

from benchmarks.serving_peers.process_tree import descendants
from benchmarks.serving_peers.question import Question
from benchmarks.serving_peers.wire import Wire
from examples.server_process import ServerProcess, free_port, last_lines

THREADS: Mapping[str, str] = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OMP_WAIT_POLICY": "PASSIVE",
    "TOKENIZERS_PARALLELISM": "false",
    "LANCE_CPU_THREADS": "1",
    "HF_HUB_OFFLINE": "1",
}
"""For everybody: one thread that computes a process, and no model hub."""

START_S = 180.0
"""Databases build their index before they serve."""

_POLL_S = 0.2
_STOP_S = 20.0


class AbsentError(Exception):
    """A contender cannot be measured here; the message says why and, where there is one, the way out."""


@dataclass(frozen=True)
class Contender:
    """Who answers.

    Attributes:
        name: in the report.
        wire: how it is asked.
        command: from the address to listen on to what is run there.
        environment: the folder of its Python environment; None for Firstlight's own.
    """

    name: str
    wire: Wire
    command: Callable[[str], Sequence[str]]
    environment: Path | None = None

    def require_environment(self) -> None:
        """Checks that it can be started.

        Raises:
            AbsentError: its environment is not there.
        """
        if self.environment is not None and not (self.environment / "installed").exists():
            raise AbsentError(f"{self.environment} is not there: make bench-peers-env")


def peer(name: str, module: str, *, environment: str, exchange: Path, wire: Wire) -> Contender:
    """The contender that `benchmarks.serving_peers.MODULE` serves, run in the environment `.venv-serving-NAME`."""
    folder = Path(f".venv-serving-{environment}")
    program = [str(folder / "bin" / "python"), "-m", f"benchmarks.serving_peers.{module}"]
    return Contender(name, wire, lambda address: [*program, "--exchange", str(exchange), address], folder)


@contextmanager
def running(contender: Contender, question: Question, *, log: Path) -> Generator[ServerProcess]:
    """Runs a contender until the block ends, from when it answers ``question``.

    Raises:
        AbsentError: it ended, or did not answer in time; the message ends with the last lines of its log.
    """
    contender.require_environment()
    address = f"127.0.0.1:{free_port()}"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        process = subprocess.Popen(
            contender.command(address), stdout=output, stderr=output, env=os.environ | THREADS, start_new_session=True
        )
        try:
            _wait(process, contender, question, address=address, log=log)
            yield ServerProcess(address, process.pid)
        finally:
            _stop(process)


@contextmanager
def alone(server: ServerProcess) -> Generator[None]:
    """Lets a paused contender run for the block, and pauses it again: idle ones poll, which the others would feel."""
    os.killpg(server.pid, signal.SIGCONT)
    try:
        yield
    finally:
        os.killpg(server.pid, signal.SIGSTOP)


def _wait(
    process: subprocess.Popen[bytes], contender: Contender, question: Question, *, address: str, log: Path
) -> None:
    deadline = time.monotonic() + START_S
    while True:
        try:
            contender.wire.ask(address, question)
        except (OSError, grpc.RpcError) as error:
            if isinstance(error, grpc.Call) and error.code() is grpc.StatusCode.UNKNOWN:
                raise AbsentError(f"it failed to answer: {last_lines(log)}") from error
            if process.poll() is not None:
                raise AbsentError(f"it ended with status {process.returncode}: {last_lines(log)}") from error
            if time.monotonic() > deadline:
                raise AbsentError(f"it did not answer within {START_S:g} s: {last_lines(log)}") from error
            time.sleep(_POLL_S)
        else:
            return


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ends it, and whatever it started that is left when it has ended or takes too long."""
    started = list(descendants(process.pid))
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGCONT)
    process.terminate()
    try:
        with suppress(subprocess.TimeoutExpired):
            process.wait(_STOP_S)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for pid in started:  # those of a session of their own
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
