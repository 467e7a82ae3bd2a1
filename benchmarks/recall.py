"""What remembering costs an answer: the same five events sent with the request, or stored before and recalled.

One server keeps events and one does not; load from a compiled generator, one call at a time and many in flight.
Knows nothing of how events are stored.
"""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from rich.progress import Progress

from benchmarks.cost import CALLS, IN_FLIGHT, METHOD, RUNS
from benchmarks.h2load import closed_loop
from benchmarks.measure import Row, summarise
from benchmarks.processor_time import processor_s
from benchmarks.requests import scenarios
from benchmarks.serve import LOGS, PAGE_SIZE
from benchmarks.setting import Setting
from examples.server_process import ServerProcess, firstlight_server, server_process
from firstlight import Client, Query, UserEvent
from firstlight.v1 import recommendation_service_pb2 as pb
from firstlight.v1 import types_pb2

CALLS_ALONE = 500


@dataclass
class Recalling:
    """One way of knowing a user: processor time (us a call), calls a second, and median latency (ms), a value a run."""

    name: str
    server: ServerProcess
    messages: Sequence[bytes]
    processor_us: list[float] = field(default_factory=list[float])
    rates: list[float] = field(default_factory=list[float])
    alone_ms: list[float] = field(default_factory=list[float])

    def run(self, number: int) -> None:
        """One run more."""
        message = self.messages[number % len(self.messages)]
        before = processor_s(self.server.pid)
        load = closed_loop(self.server.address, METHOD, message, calls=CALLS, in_flight=IN_FLIGHT)
        self.processor_us.append(1e6 * (processor_s(self.server.pid) - before) / load.calls)
        self.rates.append(load.rate)
        alone = closed_loop(self.server.address, METHOD, message, calls=CALLS_ALONE, in_flight=1)
        self.alone_ms.append(alone.percentile_ms(0.5))


def measure_recall(setting: Setting, progress: Progress) -> list[Row]:
    """Each way beside the same events sent to a server that keeps none; runs in turn.

    Raises:
        LoadError: a call was not answered.
    """
    queries = scenarios(setting.items())[0].timed
    with ExitStack() as stack:
        directory = stack.enter_context(tempfile.TemporaryDirectory())
        forgetful, remembering = (
            stack.enter_context(server_process(firstlight_server(setting.data_dir, url), log=LOGS / name))
            for url, name in (
                ("events_url=", "forgetful.log"),
                (f"events_url=sqlite:///{Path(directory) / 'events.db'}", "remembering.log"),
            )
        )
        _record(remembering, queries, setting.tenant)
        ways = [*_ways(forgetful, remembering, queries, setting.tenant)]
        for number in progress.track(range(1 + RUNS), description=f"recall: {RUNS} runs after a warm-up"):
            for way in ways:
                way.run(number)
    return [row for way in ways[1:] for row in _rows(way, ways[0])]


def _record(server: ServerProcess, queries: Sequence[Query], tenant: str) -> None:
    with Client(server.address, tenant=tenant) as client:
        for number, query in enumerate(queries):
            client.record_events([UserEvent(f"user-{number}", event) for event in query.events])


def _ways(
    forgetful: ServerProcess, remembering: ServerProcess, queries: Sequence[Query], tenant: str
) -> Iterator[Recalling]:
    sent = [_message(tenant, query) for query in queries]
    yield Recalling("sent, nothing kept", forgetful, sent)
    yield Recalling("sent, events kept, nobody named", remembering, sent)
    strange = [_message(tenant, query, user_id=f"stranger-{at}", unrecorded=True) for at, query in enumerate(queries)]
    yield Recalling("sent, of a user without a history", remembering, strange)
    for unrecorded, name in ((True, "recalled"), (False, "recalled, and the impression stored")):
        users = [_message(tenant, Query(), user_id=f"user-{at}", unrecorded=unrecorded) for at, _ in enumerate(queries)]
        yield Recalling(name, remembering, users)


def _message(tenant: str, query: Query, **more: object) -> bytes:
    events = [types_pb2.Event(item_id=event.item_id, type=types_pb2.EVENT_TYPE_VIEW) for event in query.events]
    request = pb.RecommendRequest(tenant=tenant, events=events, page_size=PAGE_SIZE)
    for name, value in more.items():
        setattr(request, name, value)
    return request.SerializeToString()


def _rows(way: Recalling, floor: Recalling) -> list[Row]:
    # The first run was the warm-up.
    return [
        summarise(f"{way.name}: {what}", own[1:], unit=unit, baselines=base[1:])
        for what, unit, own, base in (
            ("server CPU", "us a call", way.processor_us, floor.processor_us),
            (f"throughput, {IN_FLIGHT} in flight", "calls/s", way.rates, floor.rates),
            ("median latency, one at a time", "ms", way.alone_ms, floor.alone_ms),
        )
    ]
