"""Builds the index that suits a catalogue's size, measures it on real queries, and refuses one that is too bad."""

import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firstlight_store.errors import IndexInputInvalid, RecallTooLow
from firstlight_store.faiss_index import FaissIndex
from firstlight_store.faiss_runtime import load_faiss
from firstlight_store.index_kinds import Unmeasured, make_index
from firstlight_store.index_settings import IndexReport, IndexSettings
from firstlight_store.recall_gate import RecallGate
from firstlight_store.vector_index import require_rows


@dataclass(frozen=True)
class BuiltIndex:
    """An index fit to be published."""

    index: FaissIndex
    report: IndexReport


def build_index(
    rows: NDArray[np.float32], queries: NDArray[np.float32], *, settings: IndexSettings | None = None
) -> BuiltIndex:
    """Build an index over item rows (n, d + 1) float32, tuned and measured on real `queries` (q, d + 1) float32.

    Raises:
        IndexInputInvalid: rows or queries are misshapen, empty or not finite.
        RecallTooLow: recall@10 stays under `settings.recall_floor` whatever is probed.
        FaissUnavailable: FAISS is not installed, or twice.
    """
    settings = settings or IndexSettings()
    require_rows(rows)
    if len(queries) == 0:
        raise IndexInputInvalid("no queries to measure recall on; pass some real ones")
    started = time.perf_counter()
    load_faiss().omp_set_num_threads(settings.threads)
    rows = np.ascontiguousarray(rows)
    made = make_index(rows, settings)
    gate = RecallGate(rows, _sample(queries, settings))
    index = _tuned(made, rows, gate, settings)
    recall, prior_recall = gate.measure(index)
    report = IndexReport(
        kind=made.kind,
        rows=len(rows),
        dimension=rows.shape[1],
        lists=made.lists,
        nprobe=index.nprobe,
        overfetch=index.overfetch,
        recall_at_10=recall,
        prior_recall_at_10=prior_recall,
        queries=gate.query_count,
        trained_on=made.trained_on,
        seconds=time.perf_counter() - started,
    )
    _require_recall(report, settings)
    return BuiltIndex(index, report)


def _require_recall(report: IndexReport, settings: IndexSettings) -> None:
    if min(report.recall_at_10, report.prior_recall_at_10) < settings.recall_floor:
        raise RecallTooLow(
            f"{report.kind} over {report.rows} rows reaches recall@10 {report.recall_at_10:.4f} (pure prior "
            f"{report.prior_recall_at_10:.4f}) with {report.nprobe} of {report.lists} lists probed, the floor is "
            f"{settings.recall_floor}; choose kind 'flat', or more overfetch than {report.overfetch}"
        )


def _tuned(made: Unmeasured, rows: NDArray[np.float32], gate: RecallGate, settings: IndexSettings) -> FaissIndex:
    """Return the index with the fewest candidates, then the fewest probed lists, that reach the target."""

    def opened(probes: int, overfetch: int) -> FaissIndex:
        return FaissIndex(made.index, rows=rows, nprobe=probes, overfetch=overfetch, threads=settings.threads)

    overfetch = settings.overfetch
    if made.coarse:
        overfetch = gate.fewest_candidates(lambda candidates: opened(made.lists, candidates), settings)
    return opened(gate.fewest_probes(lambda probes: opened(probes, overfetch), made.lists, settings), overfetch)


def _sample(queries: NDArray[np.float32], settings: IndexSettings) -> NDArray[np.float32]:
    if len(queries) <= settings.recall_queries:
        return queries
    chosen = np.random.default_rng(settings.seed).choice(len(queries), settings.recall_queries, replace=False)
    return queries[np.sort(chosen)]
