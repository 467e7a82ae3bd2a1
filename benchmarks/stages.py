"""What the second stage adds to an answer: both stages beside the first alone, in one process, on one snapshot.

Knows nothing of gRPC: what is added there is the same for both.
"""

import itertools
import time
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from rich.progress import Progress

from benchmarks.measure import Row, WrongAnswerError, percentile, summarise
from benchmarks.requests import scenarios
from benchmarks.setting import Setting
from firstlight_encoder import Space, TokenType
from firstlight_encoder.second_stage.second_stage_file import read_second_stage
from firstlight_server.evidence_reader import EvidenceReader
from firstlight_server.query import Event, RecommendQuery
from firstlight_server.question import Newcomer
from firstlight_server.ranking import Ranker
from firstlight_server.recommender import Recommender
from firstlight_server.reranking import Reranker
from firstlight_server.tokens import token_sequence
from firstlight_store import Snapshot, SnapshotStore

RUNS = 5
BLOCKS = 20
CALLS_A_BLOCK = 50


def measure_stages(setting: Setting, progress: Progress) -> list[Row]:
    """Median time of an answer to five known events, by both stages and by the first alone, over five runs.

    Raises:
        WrongAnswerError: an answer is not ten items.
    """
    with SnapshotStore(setting.data_dir, setting.tenant).open(None) as snapshot:
        if not snapshot.has("second_stage"):
            return []
        known = list(newcomers(setting, snapshot))
        both, first = _recommender(snapshot, both=True), _recommender(snapshot, both=False)
        pairs = [
            _run(both, first, itertools.cycle(known))
            for _ in progress.track(range(1 + RUNS), description=f"stages: {RUNS} runs after a warm-up")
        ][1:]
    values, baselines = ([pair[place] for pair in pairs] for place in (0, 1))
    added = [value - base for value, base in zip(values, baselines, strict=True)]
    return [
        summarise("answer in process, both stages: p50", values, unit="ms", baselines=baselines),
        summarise("answer in process, added by the second stage: p50", added, unit="ms"),
    ]


def newcomers(setting: Setting, snapshot: Snapshot) -> Iterator[Newcomer]:
    """Those of the sort of request that the product promises a latency for, read against the snapshot."""
    reader = EvidenceReader(snapshot.items(), snapshot.labels(), encodes_text=False)
    for asked in scenarios(setting.items())[0].timed:
        query = RecommendQuery(events=tuple(Event(event.item_id, TokenType.VIEW) for event in asked.events))
        yield Newcomer(query, reader.read(query, now_s=time.time()))


def first_stage_queries(setting: Setting, snapshot: Snapshot) -> NDArray[np.float32]:
    """``(q, d + 1)`` float32: what the first stage asks the index for these newcomers."""
    space, items, labels = Space.load(snapshot.path("space")), snapshot.items_vectors(), snapshot.label_vectors()
    clues = [one.evidence.clues for one in newcomers(setting, snapshot)]
    return space.queries([token_sequence(one, items=items, labels=labels, texts={}) for one in clues])


def _recommender(snapshot: Snapshot, *, both: bool) -> Recommender:
    ranker = Ranker(rows=snapshot.items_vectors(), index=snapshot.index())
    stage = read_second_stage(snapshot.path("second_stage"), rows=ranker.rows)
    return Recommender(
        space=Space.load(snapshot.path("space")),
        ranker=ranker,
        reranker=Reranker(stage, ranker) if both else None,
        labels=snapshot.label_vectors(),
        items=snapshot.items(),
    )


def _run(both: Recommender, first: Recommender, newcomers: Iterator[Newcomer]) -> tuple[float, float]:
    """The two medians in ms, measured in turn so that a slow moment of the machine strikes both."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(BLOCKS):
        block = list(itertools.islice(newcomers, CALLS_A_BLOCK))
        for recommender, own in zip((both, first), times, strict=True):
            own.extend(_time(recommender, newcomer) for newcomer in block)
    return percentile(times[0], 0.5), percentile(times[1], 0.5)


def _time(recommender: Recommender, newcomer: Newcomer) -> float:
    started = time.perf_counter()
    (answer,) = recommender.recommend([newcomer], texts={})
    taken = 1e3 * (time.perf_counter() - started)
    wanted = newcomer.query.scope.page_size
    if len(answer.items) != wanted:
        raise WrongAnswerError(f"{len(answer.items)} items of {wanted} for {newcomer.query}")
    return taken
