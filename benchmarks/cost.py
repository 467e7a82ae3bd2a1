"""What a Recommend costs the server in processor time, and how many it answers, beside an empty handler.

Two methods of ordering over one snapshot, many calls in flight, load from a compiled generator.
Knows nothing of how answers come about.
"""

import itertools
import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from rich.progress import Progress

from benchmarks.h2load import closed_loop
from benchmarks.measure import Row, summarise
from benchmarks.processor_time import processor_s
from benchmarks.reordered import publish_reordered
from benchmarks.requests import scenarios
from benchmarks.serve import LOGS, PAGE_SIZE, check_answers, empty_server
from benchmarks.setting import Setting
from examples.server_process import ServerProcess, firstlight_server, server_process
from firstlight import Client, Query
from firstlight.v1 import recommendation_service_pb2 as pb
from firstlight.v1 import types_pb2
from firstlight_encoder.second_stage.second_stage import Method
from firstlight_store import Snapshot, SnapshotStore

METHOD = "firstlight.v1.RecommendationService/Recommend"
RUNS = 7
CALLS = 2_000
IN_FLIGHT = 32


@dataclass
class Cost:
    """One kind of server: microseconds of processor time a call, and calls answered a second, a value a run."""

    name: str
    server: ServerProcess
    processor_us: list[float] = field(default_factory=list[float])
    rates: list[float] = field(default_factory=list[float])

    def run(self, message: bytes) -> None:
        """One run more."""
        before = processor_s(self.server.pid)
        load = closed_loop(self.server.address, METHOD, message, calls=CALLS, in_flight=IN_FLIGHT)
        self.processor_us.append(1e6 * (processor_s(self.server.pid) - before) / load.calls)
        self.rates.append(load.rate)


def measure_cost(setting: Setting, progress: Progress) -> list[Row]:
    """Processor time a call and throughput of each method, and of the empty handler over it; runs in turn.

    Raises:
        WrongAnswerError: an answer is not ten items, or not the same when asked again.
        LoadError: a call was not answered.
    """
    sort = scenarios(setting.items())[0]
    with ExitStack() as stack:
        empty = Cost("empty handler", stack.enter_context(server_process(empty_server, log=LOGS / "empty.log")))
        costs = [Cost(*one) for one in _servers(setting, stack)]
        for cost in costs:
            with Client(cost.server.address, tenant=setting.tenant) as client:
                check_answers(client, [sort])
        messages = itertools.cycle([message(query, setting.tenant) for query in sort.timed])
        for _ in progress.track(range(1 + RUNS), description=f"cost: {RUNS} runs after a warm-up"):
            own = next(messages)
            for cost in (empty, *costs):
                cost.run(own)
    return [row for cost in costs for row in _rows(cost, empty)]


def _servers(setting: Setting, stack: ExitStack) -> Iterator[tuple[str, ServerProcess]]:
    """A server for each method that the published snapshot can be ordered by, the published one first."""
    with SnapshotStore(setting.data_dir, setting.tenant).open(None) as snapshot:
        published = _method(snapshot)
        yield published, _serve(setting.data_dir, published, stack)
        for other in {Method.MIX} - {published} if published != "first stage" else ():
            data_dir = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            publish_reordered(snapshot, other, data_dir=data_dir, tenant=setting.tenant)
            yield other.value, _serve(data_dir, other.value, stack)


def _method(snapshot: Snapshot) -> str:
    if not snapshot.has("second_stage"):
        return "first stage"
    facts = json.loads(snapshot.path("second_stage/second_stage.json").read_text(encoding="utf-8"))
    return str(facts["method"])


def _serve(data_dir: Path, name: str, stack: ExitStack) -> ServerProcess:
    return stack.enter_context(server_process(firstlight_server(data_dir), log=LOGS / f"cost_{name}.log"))


def message(query: Query, tenant: str) -> bytes:
    """The request that asks ``query``, serialised; its events' times are left out."""
    events = [types_pb2.Event(item_id=event.item_id, type=types_pb2.EVENT_TYPE_VIEW) for event in query.events]
    return pb.RecommendRequest(tenant=tenant, events=events, page_size=PAGE_SIZE).SerializeToString()


def _rows(cost: Cost, empty: Cost) -> Sequence[Row]:
    # The first run was the warm-up. The goals are stated as the empty handler's part of the whole.
    shares, whole = empty.processor_us[1:], cost.processor_us[1:]
    return [
        summarise(f"server CPU, {cost.name}: empty ÷ Recommend", shares, unit="us a call", baselines=whole),
        summarise(
            f"throughput, {cost.name}: {IN_FLIGHT} in flight", cost.rates[1:], unit="calls/s", baselines=empty.rates[1:]
        ),
    ]
