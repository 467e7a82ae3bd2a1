"""A gRPC server as a process of its own, on a port of its own, for as long as a block runs.

Knows how to start, await by the health protocol, and stop; not what the server answers.
"""

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from firstlight import Client

POLL_S = 0.1
STOP_S = 20.0
_METRICS = ("--set", "metrics_listen=127.0.0.1:0")  # several may run on one machine

Command: TypeAlias = Callable[[str], Sequence[str]]
"""From the address to listen on ("host:port") to the command that serves there."""


class ServerStartError(Exception):
    """The server ended, or was not serving in time; the message ends with the last lines of its log."""


def firstlight_server(data_dir: Path, *settings: str) -> Command:
    """The command that serves the snapshots under a directory; ``settings`` are written "name=value"."""
    program = str(Path(sys.executable).with_name("firstlight-server"))
    given = [argument for setting in settings for argument in ("--set", setting)]
    return lambda address: [program, "serve", "--data-dir", str(data_dir), "--listen", address, *_METRICS, *given]


@dataclass(frozen=True)
class ServerProcess:
    """A server that is serving.

    Attributes:
        address: where, "host:port".
        pid: its process.
    """

    address: str
    pid: int


@contextmanager
def serving(command: Command, *, log: Path, start_s: float = 60.0) -> Generator[str]:
    """Run a server until the block ends, and give its address once its health says SERVING.

    Args:
        command: What to run.
        log: The file that takes its output.
        start_s: How long it may take to serve, in seconds.

    Raises:
        ServerStartError: It ended, or took longer than `start_s`.
    """
    with server_process(command, log=log, start_s=start_s) as server:
        yield server.address


@contextmanager
def server_process(command: Command, *, log: Path, start_s: float = 60.0) -> Generator[ServerProcess]:
    """The same, with the process beside the address."""
    address = f"127.0.0.1:{free_port()}"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output, subprocess.Popen(command(address), stdout=output, stderr=output) as process:
        try:
            _wait_until_serving(process, address=address, log=log, start_s=start_s)
            yield ServerProcess(address, process.pid)
        finally:
            _stop(process)


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_serving(process: subprocess.Popen[bytes], *, address: str, log: Path, start_s: float) -> None:
    deadline = time.monotonic() + start_s
    with Client(address) as client:
        while not client.healthy(timeout_s=POLL_S):
            if process.poll() is not None:
                raise ServerStartError(f"it ended with status {process.returncode}:\n{last_lines(log)}")
            if time.monotonic() > deadline:
                raise ServerStartError(f"it was not serving after {start_s:g} s:\n{last_lines(log)}")
            time.sleep(POLL_S)


def last_lines(log: Path, count: int = 10) -> str:
    """The end of a log."""
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-count:])


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
