"""What a second worker is worth: throughput of two beside that of one. Knows nothing of how answers come about."""

import itertools
from contextlib import ExitStack

from rich.progress import Progress

from benchmarks.cost import METHOD, message
from benchmarks.h2load import closed_loop
from benchmarks.measure import Row, summarise
from benchmarks.requests import scenarios
from benchmarks.serve import LOGS, check_answers
from benchmarks.setting import Setting
from examples.server_process import firstlight_server, serving
from firstlight import Client

RUNS = 7
CALLS = 3_000
IN_FLIGHT, CONNECTIONS = 64, 32
"""Many connections, for the kernel spreads these over the workers, not calls."""


def measure_workers(setting: Setting, progress: Progress) -> list[Row]:
    """Throughput of one and of two workers over the same snapshot, runs in turn.

    Raises:
        WrongAnswerError: an answer is not ten items, or not the same when asked again.
        LoadError: a call was not answered.
    """
    sort = scenarios(setting.items())[0]
    with ExitStack() as stack:
        addresses = [
            stack.enter_context(
                serving(firstlight_server(setting.data_dir, f"workers={count}"), log=LOGS / f"workers_{count}.log")
            )
            for count in (1, 2)
        ]
        for address in addresses:
            with Client(address, tenant=setting.tenant) as client:
                check_answers(client, [sort])
        messages = itertools.cycle([message(query, setting.tenant) for query in sort.timed])
        rates: tuple[list[float], list[float]] = ([], [])
        for _ in progress.track(range(1 + RUNS), description=f"workers: {RUNS} runs after a warm-up"):
            asked = next(messages)
            for address, own in zip(addresses, rates, strict=True):
                load = closed_loop(address, METHOD, asked, calls=CALLS, in_flight=IN_FLIGHT, connections=CONNECTIONS)
                own.append(load.rate)
    one, two = (own[1:] for own in rates)
    return [summarise("throughput, two workers ÷ one", two, unit="calls/s", baselines=one)]
