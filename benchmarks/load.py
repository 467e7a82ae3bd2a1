"""How long answers take at an offered load: calls come at their own rate, whether or not earlier ones are answered.

Knows nothing of how answers come about.
"""

import itertools
import statistics

from rich.progress import Progress

from benchmarks.cost import METHOD, message
from benchmarks.h2load import closed_loop, open_loop
from benchmarks.measure import Row, summarise
from benchmarks.requests import scenarios
from benchmarks.serve import LOGS, check_answers
from benchmarks.setting import Setting
from examples.server_process import firstlight_server, serving
from firstlight import Client

RUNS = 5
SECONDS = 4
SHARES = (0.1, 0.3, 0.5, 0.7, 0.85)
"""Of the peak throughput."""

PEAK_CALLS, PEAK_IN_FLIGHT = 2_000, 32


def measure_load(setting: Setting, progress: Progress) -> list[Row]:
    """Median and 99th percentile of the time to answer five known events at shares of the peak throughput.

    Raises:
        WrongAnswerError: an answer is not ten items, or not the same when asked again.
        LoadError: a call was not answered.
    """
    sort = scenarios(setting.items())[0]
    with serving(firstlight_server(setting.data_dir), log=LOGS / "load.log") as address:
        with Client(address, tenant=setting.tenant) as client:
            check_answers(client, [sort])
        messages = itertools.cycle([message(query, setting.tenant) for query in sort.timed])
        peaks = [
            closed_loop(address, METHOD, next(messages), calls=PEAK_CALLS, in_flight=PEAK_IN_FLIGHT).rate
            for _ in progress.track(range(1 + RUNS), description=f"load: the peak, {RUNS} runs after a warm-up")
        ][1:]
        found: dict[float, tuple[list[float], list[float]]] = {share: ([], []) for share in SHARES}
        for _ in progress.track(range(RUNS), description=f"load: {len(SHARES)} rates, {RUNS} runs"):
            for share in SHARES:
                rate = share * statistics.median(peaks)
                load = open_loop(address, METHOD, next(messages), rate=rate, seconds=SECONDS)
                for own, quantile in zip(found[share], (0.5, 0.99), strict=True):
                    own.append(load.percentile_ms(quantile))
    rows = [summarise("peak throughput", peaks, unit="calls/s")]
    return [*rows, *(row for share, own in found.items() for row in _rows(share, *own))]


def _rows(share: float, halves: list[float], longest: list[float]) -> list[Row]:
    name = f"latency at {share:.0%} of the peak"
    return [
        summarise(f"{name}: p50", halves, unit="ms"),
        summarise(f"{name}: p99 ÷ p50", longest, unit="ms", baselines=halves),
    ]
