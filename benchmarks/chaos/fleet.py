"""A server process with its workers, and what its log says of them; it can be hurt. Knows nothing of faults."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

COMMAND = (sys.executable, "-c", "from firstlight_server.cli import main; main()")
_POLL_S = 0.02
_STOP_S = 30.0


class FleetError(Exception):
    """What was waited for did not happen; the message ends with the log's last lines."""


@dataclass
class Fleet:
    """One `firstlight-server serve`.

    Attributes:
        process: the server, or the supervisor of its workers.
        log: the file that takes its output.
    """

    process: subprocess.Popen[bytes]
    log: Path

    @property
    def port(self) -> int:
        """The port it listens on; waits for it."""
        return int(self.until(lambda: self.said("listening"), "it listens")[0]["port"])

    @property
    def target(self) -> str:
        """The address it listens on, as `Client` takes it."""
        return f"127.0.0.1:{self.port}"

    def said(self, event: str) -> list[dict[str, Any]]:
        """The log's lines about one event, oldest first."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        records = [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]
        return [record for record in records if record["event"] == event]

    def pids(self) -> dict[int, int]:
        """The process id of each worker's latest process, by number."""
        return {line["worker"]: line["pid"] for line in self.said("worker started")}

    def kill(self, pid: int) -> None:
        """SIGKILL."""
        os.kill(pid, signal.SIGKILL)

    def until(self, condition: Callable[[], Any], what: str, *, timeout_s: float = 60.0) -> Any:
        """Waits until ``condition`` is true, and returns what it returned.

        Raises:
            FleetError: it took too long, or the process ended.
        """
        end_s = time.monotonic() + timeout_s
        while not (found := condition()):
            if time.monotonic() > end_s or self.process.poll() is not None:
                tail = "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])
                raise FleetError(f"it was not so that {what} (status {self.process.poll()}):\n{tail}")
            time.sleep(_POLL_S)
        return found

    def until_serving(self, times: int) -> None:
        """Waits until workers said that they serve as often as ``times``, respawned ones counted again."""
        self.until(lambda: len(self.said("serving")) >= times, f"{times} workers have served")

    def stop(self) -> int:
        """SIGTERM; waits for the end, and returns the exit status."""
        self.process.terminate()
        return self.process.wait(_STOP_S)


@contextmanager
def fleet(data_dir: Path, *, log: Path, **settings: object) -> Generator[Fleet]:
    """Runs a server over ``data_dir`` until the block ends; ``settings`` as of `firstlight_server.settings`."""
    values = {"listen": "127.0.0.1:0", "metrics_listen": "", "poll_interval_s": 0.2} | settings
    pairs = [argument for name, value in values.items() for argument in ("--set", f"{name}={value}")]
    log.parent.mkdir(parents=True, exist_ok=True)
    command = [*COMMAND, "serve", "--data-dir", str(data_dir), *pairs]
    with log.open("wb") as output, subprocess.Popen(command, stdout=output, stderr=output) as process:
        try:
            yield Fleet(process, log)
        finally:
            process.terminate()
            try:
                process.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()  # its workers notice, and end
