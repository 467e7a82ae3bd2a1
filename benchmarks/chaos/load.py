"""Open- and closed-loop load from h2load, and a thin probe of the answers beside it.

h2load costs some 15 µs a call where a Python client costs 175, but does not read grpc-status: the probe does.
Knows nothing of what is expected.
"""

import json
import shutil
import struct
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from google.protobuf.message import Message

from benchmarks.measure import percentile

RECOMMEND = "/firstlight.v1.RecommendationService/Recommend"
CONNECTIONS = 8
REFUSALS = ("CANCELLED", "RESOURCE_EXHAUSTED")
"""How a call is refused: by gRPC's own full queue, and by the gate. The SDK tries both again."""


class NoLoadError(Exception):
    """There is nothing to make load with."""


@dataclass(frozen=True)
class Load:
    """Calls of one message for some time.

    Attributes:
        message: what every call sends.
        seconds: how long.
        rate: calls a second, whatever becomes of them; None for a closed loop of `streams` calls a connection.
        timeout_ms: the calls' deadline.
        streams: calls in flight a connection at most.
    """

    message: Message
    seconds: int
    rate: float | None = None
    timeout_ms: int = 1_000
    streams: int = 200


def start_load(port: int, load: Load) -> "subprocess.Popen[bytes]":
    """Starts h2load; it ends by itself.

    Raises:
        NoLoadError: there is no h2load.
    """
    program = shutil.which("h2load")
    if program is None:
        raise NoLoadError("h2load is not installed; it is in the package nghttp2-client")
    body = load.message.SerializeToString()
    with tempfile.NamedTemporaryFile(suffix=".grpc", delete=False) as file:
        file.write(b"\0" + struct.pack(">I", len(body)) + body)
    pace = [] if load.rate is None else ["--rps", f"{load.rate / CONNECTIONS:.3f}"]
    headers = (
        "content-type: application/grpc",
        "te: trailers",
        "x-tenant: default",
        f"grpc-timeout: {load.timeout_ms}m",
    )
    command = [
        program,
        "-c",
        str(CONNECTIONS),
        "-m",
        str(load.streams),
        "-D",
        str(load.seconds),
        "-d",
        file.name,
        *pace,
    ]
    command += [argument for header in headers for argument in ("-H", header)]
    return subprocess.Popen([*command, f"http://127.0.0.1:{port}{RECOMMEND}"], stdout=subprocess.DEVNULL)


@dataclass(frozen=True)
class Probed:
    """What the probe saw: how long calls took by status, in milliseconds."""

    took_ms: dict[str, list[float]]

    def count(self, status: str) -> int:
        """How many calls ended so."""
        return len(self.took_ms.get(status, ()))

    def together(self, *statuses: str) -> "Probed":
        """The calls that ended in any of ``statuses``, under no name."""
        return Probed({"": [took for status in statuses for took in self.took_ms.get(status, ())]})

    def at(self, status: str, share: float) -> float:
        """That percentile (0..1) of the calls that ended so, in ms; 0 if none did."""
        times = self.took_ms.get(status)
        return percentile(times, share) if times else 0.0


def probe(port: int, message: Message, *, seconds: float, rate: float, timeout_s: float) -> Probed:
    """Asks ``rate`` times a second for ``seconds`` from a process of its own; waits until it has ended."""
    with tempfile.NamedTemporaryFile(suffix=".pb", delete=False) as file:
        file.write(message.SerializeToString())
    command = [
        sys.executable,
        "-m",
        "benchmarks.chaos.probe",
        str(port),
        file.name,
        str(seconds),
        str(rate),
        str(timeout_s),
    ]
    output = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
    Path(file.name).unlink()
    return Probed(json.loads(output))
