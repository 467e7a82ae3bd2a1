"""R3: a server is killed again and again while eight writers record events; what it acknowledged is kept, once.

Knows nothing of how events are stored.
"""

import random
from collections import Counter
from dataclasses import dataclass

from benchmarks.chaos.event_writers import EventWriters
from benchmarks.chaos.fault import Outcome, unmet
from benchmarks.chaos.killed_server import KilledServer, place
from firstlight_store.event_log import EventLog

_PAGE = 10_000


@dataclass(frozen=True)
class KilledRecorder:
    """A round kills the server, or one of its workers, at a moment by chance, once enough was acknowledged.

    Attributes:
        database: "sqlite" or "postgresql".
        workers: of the server; one is the server itself.
        rounds: kills of a nightly run.
        events: events that are acknowledged before each.
    """

    database: str
    workers: int = 1
    rounds: int = 200
    events: int = 550

    @property
    def id(self) -> str:
        """As in the table, with the database."""
        return f"R3-{self.database}" + ("-workers" if self.workers > 1 else "")

    @property
    def title(self) -> str:
        """What is done."""
        whom = "the server" if self.workers == 1 else f"a server of {self.workers} workers, or one of them,"
        return f"SIGKILL {whom} while 8 writers record events into {self.database}, a round a kill"

    def run(self, rounds: int, seed: int) -> Outcome:
        """Every acknowledged event must be stored, once."""
        with place(self.database) as where:
            settings: dict[str, object] = {"events_url": where.url, "events_key_file": where.key_file}
            server = KilledServer(where.data_dir, settings, self.workers, self.events, random.Random(seed))
            writers = EventWriters(server.target)
            with writers.writing():
                for _ in server.kill(rounds, writers):
                    pass
            return _judged(where.url, writers, server)


def _judged(url: str, writers: EventWriters, server: KilledServer) -> Outcome:
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
        "kills of the whole server": server.killed_whole,
    }  # fmt: skip
    return Outcome(rounds=server.killed, failures=failures, figures=figures)


def _stored(url: str) -> Counter[str]:
    """How often each event is stored, by its id."""
    log, found, sequence = EventLog(url), Counter[str](), 0
    while page := log.since(sequence, most=_PAGE):
        sequence = page[-1][1].sequence
        found.update(one.event_id for _, one in page)
    log.close()
    return found
