"""What callers notice of hot swaps: the longest waits at 70 % of the peak while snapshots are swapped, beside at rest.

Knows nothing of how a swap is done.
"""

import itertools
import statistics
import tempfile
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from rich.progress import Progress

from benchmarks.copied import publish_again
from benchmarks.cost import METHOD, message
from benchmarks.h2load import closed_loop, open_loop
from benchmarks.measure import Row, summarise
from benchmarks.requests import scenarios
from benchmarks.serve import LOGS, check_answers
from benchmarks.setting import Setting
from examples.server_process import firstlight_server, serving
from firstlight import Client
from firstlight_store import SnapshotStore

RUNS = 5
SWAPS_A_RUN = 20
SHARE = 0.7
"""Of the peak throughput."""

SECONDS = 10
PEAK_CALLS, PEAK_IN_FLIGHT = 2_000, 32
_TIMEOUT_S = 60.0
_NOTHING_KEPT = "keep_loaded=0"
"""Every swap loads, verifies and warms, also of what answered before."""


def measure_swaps(setting: Setting, progress: Progress) -> list[Row]:
    """The 99th percentile while snapshots are swapped beside that at rest, and how long a swap takes; runs in turn.

    Raises:
        WrongAnswerError: an answer is not ten items, or not the same when asked again.
        LoadError: a call was not answered.
    """
    with tempfile.TemporaryDirectory(dir=setting.workdir) as folder:
        own = replace(setting, data_dir=Path(folder))
        with SnapshotStore(setting.data_dir, setting.tenant).open(None) as real:
            ids = [
                publish_again(real, inputs=name, data_dir=own.data_dir, tenant=own.tenant) for name in ("one", "other")
            ]
        with (
            serving(firstlight_server(own.data_dir, _NOTHING_KEPT), log=LOGS / "swaps.log") as address,
            Client(address, tenant=own.tenant, timeout_s=_TIMEOUT_S) as client,
        ):
            sort = scenarios(own.items())[0]
            check_answers(client, [sort])
            return _rows(address, client, message(sort.timed[0], own.tenant), ids, progress)


def _rows(address: str, client: Client, asked: bytes, ids: list[str], progress: Progress) -> list[Row]:
    rate = SHARE * _peak(address, asked)
    rest, swapped, counts = list[float](), list[float](), list[float]()
    for _ in progress.track(range(RUNS), description=f"swaps: at {SHARE:.0%} of the peak, {RUNS} runs"):
        rest.append(open_loop(address, METHOD, asked, rate=rate, seconds=SECONDS).percentile_ms(0.99))
        with _swapping(client, ids) as done:
            load = open_loop(address, METHOD, asked, rate=rate, seconds=SECONDS)
        swapped.append(load.percentile_ms(0.99))
        counts.append(float(len(done)))
    return [
        summarise(f"p99 over swaps ÷ p99 at rest, at {SHARE:.0%} of the peak", swapped, unit="ms", baselines=rest),
        summarise(f"swaps in {SECONDS} s", counts, unit=""),
    ]


def _peak(address: str, asked: bytes) -> float:
    loads = [closed_loop(address, METHOD, asked, calls=PEAK_CALLS, in_flight=PEAK_IN_FLIGHT) for _ in range(3)]
    return statistics.median(load.rate for load in loads)


@contextmanager
def _swapping(client: Client, ids: list[str]) -> Generator[list[str]]:
    """Activates one after another for as long as the block runs; those activated."""
    done: list[str] = []
    over = threading.Event()

    def swap() -> None:
        for snapshot_id in itertools.cycle(ids):
            if over.wait(SECONDS / SWAPS_A_RUN / 2):
                return
            client.activate_snapshot(snapshot_id)
            done.append(snapshot_id)

    swapping = threading.Thread(target=swap)
    swapping.start()
    try:
        yield done
    finally:
        over.set()
        swapping.join()
