"""How long the SDK waits for a Recommend, beside an empty handler of the same gRPC stack in the same run.

One client, one connection, one call at a time; real servers, each a process of its own.
Knows nothing of how answers come about.
"""

import itertools
import sys
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from rich.progress import Progress

from benchmarks.measure import Row, WrongAnswerError, percentile, summarise
from benchmarks.requests import Scenario, scenarios
from benchmarks.setting import Setting
from examples.server_process import firstlight_server, serving
from firstlight import Client, Query, Recommendation

PAGE_SIZE = 10
RUNS = 5
BLOCKS = 10
CALLS_A_BLOCK = 50
LOGS = Path("var/bench")

Ask = Callable[[Query], Recommendation]


@dataclass
class Latencies:
    """What one sort of request took: a list a run, of one time a call, in ms."""

    name: str
    ask: Ask
    queries: Iterator[Query]
    runs: list[list[float]] = field(default_factory=list[list[float]])

    def percentiles(self, share: float) -> list[float]:
        """That percentile (0..1) of each run, in ms."""
        return [percentile(run, share) for run in self.runs]


def measure_serving(setting: Setting, progress: Progress) -> list[Row]:
    """Median and 99th percentile of each sort of request over five runs of 500 calls each.

    Raises:
        WrongAnswerError: An answer is not ten items, or not the same when asked again.
    """
    sorts = scenarios(setting.items())
    with _clients(setting) as (client, empty):
        check_answers(client, sorts)
        floor = Latencies("empty handler", _ask(empty), itertools.cycle(sorts[0].timed))
        measured = [Latencies(sort.name, _ask(client), itertools.cycle(sort.timed)) for sort in sorts]
        for _ in progress.track(range(1 + RUNS), description=f"serving: {RUNS} runs after a warm-up"):
            _run([floor, *measured])
    for latencies in (floor, *measured):
        del latencies.runs[0]  # the warm-up
    return [*_rows(floor), *(row for latencies in measured for row in _rows(latencies, floor))]


def check_answers(client: Client, sorts: Sequence[Scenario]) -> None:
    """Ask every variant that is to be checked, twice.

    Raises:
        WrongAnswerError: An answer is not ten items, or not the same when asked again.
    """
    ask = _ask(client)
    for sort in sorts:
        for query in sort.checked:
            first, again = ask(query), ask(query)
            if len(first) != PAGE_SIZE or first.warnings:
                raise WrongAnswerError(f"{sort.name}: {len(first)} items of {PAGE_SIZE} for {query}: {first.warnings}")
            if first.items != again.items:
                raise WrongAnswerError(f"{sort.name}: asked again, the answer to {query} is another")


@contextmanager
def _clients(setting: Setting) -> Generator[tuple[Client, Client]]:
    with ExitStack() as stack:
        real = stack.enter_context(serving(firstlight_server(setting.data_dir), log=LOGS / "server.log"))
        empty = stack.enter_context(serving(empty_server, log=LOGS / "empty_server.log"))
        yield stack.enter_context(Client(real, tenant=setting.tenant)), stack.enter_context(Client(empty))


def empty_server(address: str) -> Sequence[str]:
    """The command that serves an empty handler there."""
    return [sys.executable, "-m", "benchmarks.empty_server", address]


def _ask(client: Client) -> Ask:
    return lambda query: client.recommend(
        events=query.events, categories=query.categories, text=query.text, filter=query.filter, page_size=PAGE_SIZE
    )


def _run(kinds: Sequence[Latencies]) -> None:
    for kind in kinds:
        kind.runs.append([])
    for _ in range(BLOCKS):  # interleaved, so that a slow moment of the machine strikes all of them
        for kind in kinds:
            for query in itertools.islice(kind.queries, CALLS_A_BLOCK):
                started = time.perf_counter()
                kind.ask(query)
                kind.runs[-1].append(1e3 * (time.perf_counter() - started))


def _rows(latencies: Latencies, floor: Latencies | None = None) -> list[Row]:
    return [
        summarise(
            f"recommend, {latencies.name}: {name}",
            latencies.percentiles(share),
            unit="ms",
            baselines=floor.percentiles(share) if floor else None,
        )
        for name, share in (("p50", 0.5), ("p99", 0.99))
    ]
