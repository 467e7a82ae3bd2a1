"""R7: a server is killed again and again while its catalogue is changed; what it acknowledged stands, whole.

Knows nothing of how changes are stored.
"""

import random
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field

import grpc

from benchmarks.chaos.catalogue_changers import CATEGORY, CatalogueChangers, ids_of, title_after
from benchmarks.chaos.fault import Outcome, unmet
from benchmarks.chaos.killed_server import KilledServer, place
from firstlight.v1 import recommendation_service_pb2 as pb
from firstlight.v1 import recommendation_service_pb2_grpc as pb_grpc
from firstlight.v1.types_pb2 import Filter
from firstlight_store.catalogue_changes import CatalogueChanges

_ASKED = 6
"""Connections over which the answers are looked at in the end: the kernel spreads them over workers."""
_PATIENCE_S = {"sqlite": 0.0, "postgresql": 1.0}
"""Answers ask an SQLite file before each whether it was changed; PostgreSQL is asked five times a second."""


@dataclass(frozen=True)
class KilledChanger:
    """A round kills the server or one of its workers, once enough was acknowledged, and looks at what is stored.

    Attributes:
        database: "sqlite" or "postgresql".
        workers: of the server; one is the server itself.
        rounds: kills of a nightly run.
        calls: calls that are acknowledged before each.
    """

    database: str
    workers: int = 3
    rounds: int = 100
    calls: int = 25

    @property
    def id(self) -> str:
        """As in the table, with the database."""
        return f"R7-{self.database}"

    @property
    def title(self) -> str:
        """What is done."""
        return f"SIGKILL a server of {self.workers} workers, or one, while 4 callers change items ({self.database})"

    def run(self, rounds: int, seed: int) -> Outcome:
        """Every caller's items must always stand as one of its latest calls left them."""
        with place(self.database) as where:
            settings: dict[str, object] = {"catalogue_changes": where.url, "events_url": ""}
            server = KilledServer(where.data_dir, settings, self.workers, self.calls, random.Random(seed))
            seen = _Seen(CatalogueChangers(server.target))
            with seen.changers.writing():
                for _ in server.kill(rounds, seen.changers):
                    seen.look(where.url)
                    if seen.changers.are_at_rest:
                        seen.ask(patience_s=_PATIENCE_S[self.database])
        return _judged(seen, server)


@dataclass
class _Seen:
    """What was not as acknowledged, in words."""

    changers: CatalogueChangers
    looks: int = 0
    halves: list[str] = field(default_factory=list[str])
    lost: list[str] = field(default_factory=list[str])
    answers: list[str] = field(default_factory=list[str])

    def look(self, url: str) -> None:
        """Looks at what is stored; callers may go on meanwhile."""
        self.looks += 1
        least = dict(self.changers.acknowledged)
        with closing(CatalogueChanges(url)) as changes:
            stored = {one.item_id: one.item and one.item.title for one in changes.since("default")}
        for writer, number in least.items():
            titles = {stored.get(item, "nothing") for item in ids_of(writer)}
            latest = self.changers.acknowledged[writer] + 1
            if len(titles) > 1:
                self.halves.append(f"caller {writer} after call {number}: {titles}")
            elif not titles & {title_after(one) for one in range(number, latest + 1)}:
                self.lost.append(f"caller {writer} after call {number}: {titles}")

    def ask(self, *, patience_s: float) -> None:
        """Looks at answers, callers being at rest; each process is given so long to hear of what others changed."""
        time.sleep(patience_s)
        stand = {
            item: title
            for writer, number in self.changers.acknowledged.items()
            for item in ids_of(writer)
            if (title := title_after(number)) is not None
        }
        for told in [_told(self.changers.target) for _ in range(_ASKED)]:
            if told != stand:
                self.answers.append(f"{told} is told, {stand} was acknowledged")


def _told(target: str) -> dict[str, str]:
    asked = pb.RecommendRequest(page_size=1_000, filter=Filter(categories=[CATEGORY]))
    with grpc.insecure_channel(target, [("grpc.use_local_subchannel_pool", 1)]) as channel:
        answer = pb_grpc.RecommendationServiceStub(channel).Recommend(asked, timeout=30, wait_for_ready=True)
    return {item.item_id: item.title for item in answer.items}


def _judged(seen: _Seen, server: KilledServer) -> Outcome:
    def few(found: Sequence[str]) -> str:
        return f"{len(found)}, such as {found[:2]}"

    changers = seen.changers
    failures = unmet(
        calls=(not changers.failures, f"refused: {changers.failures[:3]}"),
        by_halves=(not seen.halves, few(seen.halves)),
        lost=(not seen.lost, few(seen.lost)),
        answers=(not seen.answers, few(seen.answers)),
    )
    figures = {
        "acknowledged calls": changers.written, "lost": len(seen.lost), "by halves": len(seen.halves),
        "looks": seen.looks, "calls sent again": changers.retried, "kills of the whole server": server.killed_whole,
    }  # fmt: skip
    return Outcome(rounds=server.killed, failures=failures, figures=figures)
