"""How many events a second the event log acknowledges, beside what the disk's fsync allows; how fast it tells them.

Both databases and the bare disk in turn. Knows nothing of who records events.
"""

import itertools
import os
import secrets
import tempfile
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from rich.progress import Progress

from benchmarks.measure import Row, WrongAnswerError, percentile, summarise
from benchmarks.record import AS_DEPLOYED
from benchmarks.setting import Setting
from firstlight_store.event_log import EventLog, LoggedEvent, Recorded
from tests.postgresql import PostgreSQLMissing, postgresql

BATCH = 100
WAITING = 8
"""Calls whose batches wait while one commit is under way, and go into the next one together."""
COMMITS = 100
RUNS = 7
TELLINGS = 500
MOST_TOLD = 50
TENANT = "shop"
_USERS = 1_000
_ITEMS = 10_000


@dataclass
class Told:
    """One database: acknowledged events a second and microseconds until one user's latest are told, a value a run."""

    name: str
    log: EventLog
    alone: list[float] = field(default_factory=list[float])
    together: list[float] = field(default_factory=list[float])
    latest_us: list[float] = field(default_factory=list[float])

    def run(self, batches: Iterator[list[LoggedEvent]]) -> None:
        """One run more."""
        self.alone.append(_rate(lambda: self._record(batches, 1), events=BATCH))
        self.together.append(_rate(lambda: self._record(batches, WAITING), events=WAITING * BATCH))
        self.latest_us.append(_latest_us(self.log))

    def _record(self, batches: Iterator[list[LoggedEvent]], waiting: int) -> None:
        done = self.log.record([(TENANT, next(batches)) for _ in range(waiting)])
        if done != [Recorded(BATCH, 0)] * waiting:
            raise WrongAnswerError(f"{self.name}: new events were answered with {done}")


def measure_events(setting: Setting, progress: Progress) -> list[Row]:
    """Events a second in batches of 100, alone and eight at a time, ÷ fsyncs a second × 100; `latest` of one user.

    An fsync of the baseline makes as many bytes durable as a batch has. It says nothing of what a database must write
    beside them: its pages, and a log of its own.

    Raises:
        WrongAnswerError: new events were not new.
    """
    setting.workdir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=setting.workdir) as directory, _logs(Path(directory)) as logs:
        batches, disk = _batches(), list[float]()
        for _ in progress.track(range(1 + RUNS), description=f"events: {RUNS} runs after a warm-up"):
            disk.append(BATCH * _fsyncs(Path(directory) / "bytes"))
            for told in logs:
                told.run(batches)
    return [row for told in logs for row in _rows(told, disk)]


@contextmanager
def _logs(directory: Path) -> Generator[list[Told]]:
    """The databases that can be opened here."""
    with closing(EventLog(f"sqlite:///{directory / 'events.db'}")) as log:
        try:
            with postgresql(settings=AS_DEPLOYED) as server, closing(EventLog(server.database())) as other:
                yield [Told("SQLite", log), Told("PostgreSQL", other)]
        except PostgreSQLMissing:
            yield [Told("SQLite", log)]


def _rows(told: Told, disk: Sequence[float]) -> list[Row]:
    alone, together = f"batches of {BATCH}", f"{WAITING} batches of {BATCH} at a time"
    unit = "events/s"
    # The first run was the warm-up.
    return [
        summarise(f"{told.name}: {alone} ÷ fsyncs × {BATCH}", told.alone[1:], unit=unit, baselines=disk[1:]),
        summarise(f"{told.name}: {together} ÷ fsyncs × {BATCH}", told.together[1:], unit=unit, baselines=disk[1:]),
        summarise(f"{told.name}: latest {MOST_TOLD} events of a user, p50", told.latest_us[1:], unit="us"),
    ]


def _rate(commit: Callable[[], None], *, events: int) -> float:
    commits = COMMITS * BATCH // events
    began_s = time.perf_counter()
    for _ in range(commits):
        commit()
    return commits * events / (time.perf_counter() - began_s)


def _fsyncs(file: Path) -> float:
    """How often a second the bytes of a batch are appended to a file and made durable."""
    data = "\n".join(map(str, next(_batches()))).encode()
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    try:
        began_s = time.perf_counter()
        for _ in range(COMMITS):
            os.write(descriptor, data)
            os.fdatasync(descriptor)
        return COMMITS / (time.perf_counter() - began_s)
    finally:
        os.close(descriptor)


def _latest_us(log: EventLog) -> float:
    times: list[float] = []
    for number in range(TELLINGS):
        began_s = time.perf_counter()
        log.latest([(TENANT, f"{number % _USERS:032x}")], most=MOST_TOLD)
        times.append(1e6 * (time.perf_counter() - began_s))
    return percentile(times, 0.5)


def _batches() -> Iterator[list[LoggedEvent]]:
    """New events of many users, their ids as random as callers' are."""
    for start in itertools.count(step=BATCH):
        yield [
            LoggedEvent(
                event_id=secrets.token_hex(16),
                user=f"{(start + place) * 7_919 % _USERS:032x}",
                item_id=f"item-{(start + place) * 104_729 % _ITEMS}",
                type="view",
                at_s=1.7e9 + start + place,
                request_id=secrets.token_hex(16),
            )
            for place in range(BATCH)
        ]
