"""Load by the compiled generator h2load (of Debian's nghttp2-client): a client in Python costs more than a server does.

It counts HTTP statuses only, so whoever measures checks the answers beside it. Knows nothing of what is asked.
"""

import shutil
import statistics
import struct
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import percentile

PROGRAM = "h2load"
_HEADERS = ("content-type: application/grpc", "te: trailers")
_STATUS, _MICROSECONDS = 1, 2


class LoadError(Exception):
    """h2load is missing, failed, or calls were lost under it."""


@dataclass(frozen=True)
class Load:
    """What became of the calls of one run.

    Attributes:
        calls: how many were answered.
        seconds: from the first to the last.
        latencies_ms: of each answered call, in no order.
    """

    calls: int
    seconds: float
    latencies_ms: list[float]

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.calls / self.seconds

    def percentile_ms(self, share: float) -> float:
        """That percentile (0..1) of the latencies."""
        return percentile(self.latencies_ms, share)

    @property
    def mean_ms(self) -> float:
        """The mean latency."""
        return statistics.fmean(self.latencies_ms)


def is_installed() -> bool:
    """Whether h2load is there."""
    return shutil.which(PROGRAM) is not None


def closed_loop(address: str, method: str, message: bytes, *, calls: int, in_flight: int, connections: int = 4) -> Load:
    """Sends so many calls, always so many of them in flight.

    Args:
        address: "host:port".
        method: "package.Service/Method".
        message: the request, serialised.
        calls: how many.
        in_flight: how many at once; a multiple of the connections.
        connections: over how many at most.

    Raises:
        LoadError: h2load failed, or a call was not answered.
    """
    connections = min(connections, in_flight)
    options = ["-n", str(calls), "-c", str(connections), "-m", str(in_flight // connections)]
    return _run(address, method, message, options, expected=calls)


def open_loop(address: str, method: str, message: bytes, *, rate: float, seconds: int) -> Load:
    """Sends ``rate`` calls a second over ten connections, whether or not earlier ones are answered.

    Raises:
        LoadError: h2load failed.
    """
    connections = 10
    each = max(1, round(rate / connections))
    options = ["-D", str(seconds), "-c", str(connections), "-m", "100", f"--rps={each}"]
    return _run(address, method, message, options, expected=None)


def _run(address: str, method: str, message: bytes, options: list[str], *, expected: int | None) -> Load:
    with tempfile.TemporaryDirectory() as folder:
        body, log = Path(folder) / "body", Path(folder) / "log"
        body.write_bytes(b"\0" + struct.pack(">I", len(message)) + message)
        headers = [part for header in _HEADERS for part in ("-H", header)]
        command = [PROGRAM, *options, "-t", "1", "-d", str(body), f"--log-file={log}", *headers]
        ran = subprocess.run([*command, f"http://{address}/{method}"], capture_output=True, text=True, check=False)
        if ran.returncode:
            raise LoadError(f"{PROGRAM} ended with status {ran.returncode}: {ran.stderr or ran.stdout}")
        lines = [line.split("\t") for line in log.read_text(encoding="utf-8").splitlines()]
    answered = [line for line in lines if line[_STATUS] == "200"]
    if not answered or (expected is not None and len(answered) != expected):
        raise LoadError(f"{len(answered)} of {expected or len(lines)} calls were answered:\n{ran.stdout}")
    starts = [int(line[0]) for line in answered]
    ends = [start + int(line[_MICROSECONDS]) for start, line in zip(starts, answered, strict=True)]
    latencies = [int(line[_MICROSECONDS]) / 1e3 for line in answered]
    return Load(len(answered), (max(ends) - min(starts)) / 1e6, latencies)
