"""How index and search grow with the catalogue: built, searched, filtered and compared with exact search at each size.

Knows nothing of gRPC.
"""

import math
import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rich.progress import Progress

from benchmarks.made_up_filters import made_up_filters
from benchmarks.made_up_items import made_up_items
from benchmarks.measure import Row, WrongAnswerError, summarise
from benchmarks.setting import Setting
from benchmarks.stages import first_stage_queries
from firstlight_store import AllowedRows, SnapshotStore
from firstlight_store.exact_index import ExactIndex
from firstlight_store.index_build import build_index
from firstlight_store.recall import recall
from firstlight_store.vector_index import VectorIndex

SIZES = (10_000, 100_000, 1_000_000)
SHARES = (1e-4, 1e-3, 1e-2, 0.1, 0.5)
"""Of the items, that a filter admits."""

K = 10
RUNS = 5
SEARCHES = 200
EXACT_SEARCHES = 10
FEWEST = 0.95
"""Recall@10 below which a speed means nothing."""


def measure_scale(setting: Setting, progress: Progress) -> list[Row]:
    """Rows of each size, then the exponents by which building and searching grow.

    Raises:
        WrongAnswerError: a search finds less than 95 % of what exact search does.
    """
    with SnapshotStore(setting.data_dir, setting.tenant).open(None) as snapshot:
        real, queries = np.asarray(snapshot.items_vectors()), first_stage_queries(setting, snapshot)
    found: list[Row] = []
    times: dict[str, list[float]] = {"build": [], "search": []}
    for size in progress.track(SIZES, description=f"scale: {len(SIZES)} sizes"):
        rows = made_up_items(real, size, seed=size)
        begun = time.process_time()
        built = build_index(rows, queries)
        times["build"].append(time.process_time() - begun)
        found.append(summarise(f"build, {size:,} items ({built.report.kind})", times["build"][-1:], unit="s"))
        own = _searches(built.index, rows, queries)
        times["search"].append(own[0].value)
        found += own
    return [*found, *(_growth(name, seconds) for name, seconds in times.items())]


def _searches(index: VectorIndex, rows: NDArray[np.float32], queries: NDArray[np.float32]) -> list[Row]:
    """Exact search beside the index's, then the index's under filters beside itself without."""
    exact, size = ExactIndex(rows), len(rows)
    _require_recall(index, exact, queries, None, what=f"{size:,} items")
    without, exactly = zip(*(_beside_exact(index, exact, queries) for _ in range(RUNS)), strict=True)
    found = [summarise(f"search, {size:,} items: beside exact", without, unit="us", baselines=exactly)]
    for share in (share for share in SHARES if share * size >= K):
        for kind, allowed in made_up_filters(rows, queries, share, seed=size):
            found.append(_filtered(index, exact, queries, allowed, what=f"{share:g} of {size:,} items, {kind}"))
    return found


def _beside_exact(index: VectorIndex, exact: ExactIndex, queries: NDArray[np.float32]) -> tuple[float, float]:
    """Median microseconds of the index's search and of exact search."""
    return _times(index, queries, [None], SEARCHES)[0], _times(exact, queries, [None], EXACT_SEARCHES)[0]


def _filtered(
    index: VectorIndex, exact: ExactIndex, queries: NDArray[np.float32], allowed: AllowedRows, *, what: str
) -> Row:
    """Searches under a filter beside those without one, in turn."""
    share = _require_recall(index, exact, queries, allowed, what=what)
    runs = [_times(index, queries, (None, allowed), SEARCHES) for _ in range(RUNS)]
    without, filtered = zip(*runs, strict=True)
    name = f"search, {what} (recall {share:.3f}): beside no filter"
    return summarise(name, filtered, unit="us", baselines=without)


def _times(
    index: VectorIndex, queries: NDArray[np.float32], filters: Sequence[AllowedRows | None], count: int
) -> list[float]:
    """Median microseconds of a search for one query under each of the filters, which take turns to be the first."""
    times: list[list[float]] = [[] for _ in filters]
    for place in range(count):
        query = queries[place % len(queries)][None]
        for number in range(len(filters))[:: (-1) ** place]:
            begun = time.perf_counter()
            index.search(query, k=K, allowed=filters[number])
            times[number].append(1e6 * (time.perf_counter() - begun))
    return [float(np.median(own)) for own in times]


def _require_recall(
    index: VectorIndex, exact: ExactIndex, queries: NDArray[np.float32], allowed: AllowedRows | None, *, what: str
) -> float:
    """Recall@K.

    Raises:
        WrongAnswerError: it is too low.
    """
    share = float(recall(*(one.search(queries, k=K, allowed=allowed) for one in (index, exact))).mean())
    if share < FEWEST:
        raise WrongAnswerError(f"{what}: recall@{K} is {share:.3f}, less than {FEWEST}")
    return share


def _growth(name: str, seconds: Sequence[float]) -> Row:
    """The exponent e of time ~ items^e, over all sizes by least squares of the logarithms."""
    slope = float(np.polyfit([math.log(size) for size in SIZES], [math.log(value) for value in seconds], 1)[0])
    return summarise(f"{name}: exponent of growth", [slope], unit="")
