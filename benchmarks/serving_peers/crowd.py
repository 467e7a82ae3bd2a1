"""Load of many different messages at once: h2load sends one body, so there is one h2load for each message.

Each has one call in flight, so no two of the same text ever wait together. Knows nothing of what is asked.
"""

import re
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from benchmarks.h2load import PROGRAM, LoadError

_STATUS, _MICROSECONDS = 1, 2
_DATA = re.compile(r"\((\d+)\) data")


@dataclass(frozen=True)
class Crowd:
    """What became of the calls of one run.

    Attributes:
        calls: how many were answered, which are all that were sent.
        rate: answers a second while everybody was asking.
        bytes_a_call: of the answers, without headers.
    """

    calls: int
    rate: float
    bytes_a_call: float


def crowd(address: str, path: str, bodies: Sequence[bytes], *, options: Sequence[str], calls_each: int) -> Crowd:
    """Posts each body ``calls_each`` times, one after another, all bodies side by side.

    Raises:
        LoadError: h2load failed, or a call was not answered.
    """
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        url, given = f"http://{address}/{path}", [*options, "-n", str(calls_each)]
        started = [_start(Path(folder) / str(place), url, body, given, stack) for place, body in enumerate(bodies)]
        told = [_told(process) for process in started]
        runs = [list(_calls(Path(folder) / f"{place}.log", calls_each)) for place in range(len(bodies))]
    return _summed(runs, sum(int(found[1]) for text in told for found in [_data(text)]))


def command(body: Path, log: Path, url: str, options: Sequence[str]) -> list[str]:
    """The command line of one h2load: one connection, one call in flight."""
    return [PROGRAM, "-c", "1", "-m", "1", "-t", "1", "-d", str(body), f"--log-file={log}", *options, url]


def _start(place: Path, url: str, body: bytes, options: Sequence[str], stack: ExitStack) -> subprocess.Popen[str]:
    file = place.with_suffix(".body")
    file.write_bytes(body)
    line = command(file, place.with_suffix(".log"), url, options)
    return stack.enter_context(subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True))


def _told(process: subprocess.Popen[str]) -> str:
    text, _ = process.communicate()
    if process.returncode:
        raise LoadError(f"{PROGRAM} ended with status {process.returncode}: {text}")
    return text


def _data(text: str) -> re.Match[str]:
    found = _DATA.search(text)
    if found is None:
        raise LoadError(f"{PROGRAM} did not say how much it read: {text}")
    return found


def _calls(log: Path, expected: int) -> Iterator[tuple[int, int]]:
    """When each call began and ended, in microseconds."""
    lines = [line.split("\t") for line in log.read_text(encoding="utf-8").splitlines()]
    answered = [line for line in lines if line[_STATUS] == "200"]
    if len(answered) != expected:
        raise LoadError(f"{len(answered)} of {expected} calls were answered with status 200")
    for line in answered:
        yield int(line[0]), int(line[0]) + int(line[_MICROSECONDS])


def _summed(runs: Sequence[Sequence[tuple[int, int]]], data: int) -> Crowd:
    """While all were asking; the whole run where one ended before another began, as a first, short one may be."""
    begun = max(min(start for start, _ in run) for run in runs)
    ended = min(max(end for _, end in run) for run in runs)
    if ended <= begun:
        begun = min(start for run in runs for start, _ in run) - 1
        ended = max(end for run in runs for _, end in run)
    within = sum(begun < end <= ended for run in runs for _, end in run)
    calls = sum(len(run) for run in runs)
    return Crowd(calls, 1e6 * within / (ended - begun), data / calls)
