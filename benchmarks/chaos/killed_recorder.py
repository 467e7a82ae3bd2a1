"""R3: a server is killed again and again while eight writers record events; what it acknowledged is kept, once.

Knows nothing of how events are stored.
"""

import random
import secrets
import socket
import tempfile
import time
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.chaos.event_writers import EventWriters, writing
from benchmarks.chaos.fault import Outcome, unmet
from benchmarks.chaos.fleet import fleet
from firstlight_store.event_log import EventLog
from tests.postgresql import postgresql
from tests.server.tiny_snapshot import TinySnapshot

BATCH = 25
_LONGEST_WAIT_S = 0.1
_PAGE = 10_000


@dataclass(frozen=True)
class KilledRecorder:
    """A round kills the server at a moment by chance, once enough was acknowledged, and starts it again.

    Attributes:
        database: "sqlite" or "postgresql".
        rounds: kills of a nightly run.
        events: events that are acknowledged before each.
    """

    database: str
    rounds: int = 200
    events: int = 550

    @property
    def id(self) -> str:
        """As in the table, with the database."""
        return f"R3-{self.database}"

    @property
    def title(self) -> str:
        """What is done."""
        return f"SIGKILL the server while 8 writers record events into {self.database}, a round a kill"

    def run(self, rounds: int, seed: int) -> Outcome:
        """Every acknowledged event must be stored, once."""
        with _place(self.database) as place:
            port, draw = _free_port(), random.Random(seed)
            with writing(f"127.0.0.1:{port}", batch=BATCH) as writers:
                for number in range(rounds + 1):
                    _one_life(place, port, writers, self.events * (number + 1), draw, is_last=number == rounds)
            return _judged(place.url, writers, rounds)


@dataclass(frozen=True)
class _Place:
    data_dir: Path
    url: str
    key_file: Path


@contextmanager
def _place(database: str) -> Generator[_Place]:
    with tempfile.TemporaryDirectory(prefix="firstlight-chaos-") as directory:
        root = Path(directory)
        TinySnapshot().publish(root / "data")
        (root / "key").write_text(secrets.token_hex(32))
        if database == "sqlite":
            yield _Place(root / "data", f"sqlite:///{root / 'events.db'}", root / "key")
        else:
            with postgresql() as server:
                yield _Place(root / "data", server.database(), root / "key")


def _one_life(
    place: _Place, port: int, writers: EventWriters, events: int, draw: random.Random, *, is_last: bool
) -> None:
    """Starts the server, and kills it once as many events were acknowledged; the last one may end in peace."""
    settings = {"listen": f"127.0.0.1:{port}", "events_url": place.url, "events_key_file": place.key_file}
    with fleet(place.data_dir, log=place.key_file.with_name("server.log"), **settings) as server:
        writers.until_acknowledged(events)
        if is_last:
            writers.stop_and_wait()
        else:
            time.sleep(draw.uniform(0, _LONGEST_WAIT_S))
            server.process.kill()
            server.process.wait()


def _judged(url: str, writers: EventWriters, rounds: int) -> Outcome:
    stored = _stored(url)
    lost = [one for one in writers.acknowledged if one not in stored]
    doubled = [one for one, times in stored.items() if times > 1]
    strange = len(stored) - len(writers.acknowledged)
    failures = unmet(
        calls=(not writers.failures, f"refused: {writers.failures[:3]}"),
        lost=(not lost, f"{len(lost)} acknowledged events are not stored, such as {lost[:3]}"),
        duplicated=(not doubled, f"{len(doubled)} events are stored more than once, such as {doubled[:3]}"),
        kept_apart=(strange == 0, f"{strange} events more are stored than were acknowledged in the end"),
    )
    figures = {
        "acknowledged": len(writers.acknowledged), "lost": len(lost), "duplicated": len(doubled),
        "calls sent again": writers.retried, "events that were stored already then": writers.known,
    }  # fmt: skip
    return Outcome(rounds=rounds, failures=failures, figures=figures)


def _stored(url: str) -> Counter[str]:
    """How often each event is stored, by its id."""
    log, found, sequence = EventLog(url), Counter[str](), 0
    while page := log.since(sequence, most=_PAGE):
        sequence = page[-1][1].sequence
        found.update(one.event_id for _, one in page)
    log.close()
    return found


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
