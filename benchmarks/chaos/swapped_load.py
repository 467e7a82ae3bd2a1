"""Requests at a fixed rate, open loop, while snapshots are swapped; every reply is held to the version that it names.

Knows nothing of what is measured beside it.
"""

import asyncio
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import grpc

from benchmarks.chaos.served_process import ServedProcess
from firstlight.v1 import recommendation_service_pb2 as pb
from firstlight.v1.types_pb2 import Event

Answer = tuple[tuple[str, float], ...]
QUESTIONS = [
    pb.RecommendRequest(page_size=10, events=[Event(item_id=f"i{number:04d}"), Event(item_id=f"i{number + 7:04d}")])
    for number in range(20)
]


@dataclass
class Load:
    """Calls made so far.

    Attributes:
        expected: the one right answer of each version to each question.
        latencies_s: of answered calls.
        failures: what went wrong, in words.
        versions: who answered.
    """

    server: ServedProcess
    expected: dict[str, list[Answer]] = field(default_factory=dict[str, list[Answer]])
    latencies_s: list[float] = field(default_factory=list[float])
    failures: list[str] = field(default_factory=list[str])
    versions: set[str] = field(default_factory=set[str])

    async def learn(self, snapshot_ids: Sequence[str]) -> None:
        """Swap to each version and note its answers."""
        for snapshot_id in snapshot_ids:
            await self.server.activate(snapshot_id)
            replies = [await self.server.recommendations.Recommend(question) for question in QUESTIONS]
            self.expected[snapshot_id] = [_answer(reply) for reply in replies]

    async def peak(self, seconds: float, *, callers: int = 8) -> float:
        """Calls a second when each of ``callers`` waits for its answer before asking again."""
        before, end = len(self.latencies_s), time.perf_counter() + seconds

        async def ask() -> None:
            number = 0
            while time.perf_counter() < end:
                await self.call(number)
                number += 1

        await asyncio.gather(*(ask() for _ in range(callers)))
        return (len(self.latencies_s) - before) / seconds

    async def at(self, rate: float, until: asyncio.Event) -> list[float]:
        """Call ``rate`` times a second, whether or not answers come, and return the latencies in seconds."""
        before, started, calls = len(self.latencies_s), time.perf_counter(), set[asyncio.Task[None]]()
        number = 0
        while not until.is_set():
            due = started + number / rate
            if (ahead_s := due - time.perf_counter()) > 0:
                await asyncio.sleep(ahead_s)
            task = asyncio.create_task(self.call(number, due_s=due))
            calls.add(task)
            task.add_done_callback(calls.discard)
            number += 1
        await asyncio.gather(*calls)
        return self.latencies_s[before:]

    async def call(self, number: int, *, due_s: float | None = None) -> None:
        """One call, counted from when it was due."""
        started, which = due_s or time.perf_counter(), number % len(QUESTIONS)
        try:
            reply = await self.server.recommendations.Recommend(QUESTIONS[which], timeout=20)
        except grpc.aio.AioRpcError as error:
            self.failures.append(f"{error.code().name}: {error.details()}")
            return
        self.latencies_s.append(time.perf_counter() - started)
        self.versions.add(reply.snapshot_id)
        if not _are_same(_answer(reply), self.expected[reply.snapshot_id][which]):
            self.failures.append(f"a reply of {reply.snapshot_id} is not that version's")


def _answer(reply: pb.RecommendResponse) -> Answer:
    return tuple((item.item_id, item.score) for item in reply.items)


def _are_same(one: Answer, other: Answer) -> bool:
    """Whether the items and their order are; what is computed together with others differs in the last bits."""
    same_items = [item for item, _ in one] == [item for item, _ in other]
    return same_items and all(math.isclose(a, b, rel_tol=1e-5) for (_, a), (_, b) in zip(one, other, strict=True))
