"""Builds the index that suits a catalogue's size, measures it on real queries, and refuses one that is too bad."""

import math
import time
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from firstlight_store.coarse_lists import divide
from firstlight_store.errors import IndexInputInvalid, RecallTooLow
from firstlight_store.faiss_index import FaissIndex
from firstlight_store.faiss_runtime import load_faiss
from firstlight_store.index_settings import IndexReport, IndexSettings
from firstlight_store.recall_gate import RecallGate
from firstlight_store.vector_index import require_rows


@dataclass(frozen=True)
class BuiltIndex:
    """An index fit to be published."""

    index: FaissIndex
    report: IndexReport


@dataclass(frozen=True)
class _Unmeasured:
    """A FAISS index whose `nprobe` is still to be chosen."""

    index: Any
    kind: str
    lists: int
    trained_on: str


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
    made = _make(rows, settings)
    gate = RecallGate(rows, _sample(queries, settings))
    nprobe = gate.fewest_probes(lambda probes: _opened(made, rows, probes, settings), made.lists, settings)
    index = _opened(made, rows, nprobe, settings)
    recall, prior_recall = gate.measure(index)
    report = IndexReport(
        kind=made.kind,
        rows=len(rows),
        dimension=rows.shape[1],
        lists=made.lists,
        nprobe=nprobe,
        overfetch=settings.overfetch,
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
            f"{settings.recall_floor}; choose kind 'flat', or more overfetch than {settings.overfetch}"
        )


def _opened(made: _Unmeasured, rows: NDArray[np.float32], nprobe: int, settings: IndexSettings) -> FaissIndex:
    return FaissIndex(made.index, rows=rows, nprobe=nprobe, overfetch=settings.overfetch, threads=settings.threads)


def _sample(queries: NDArray[np.float32], settings: IndexSettings) -> NDArray[np.float32]:
    if len(queries) <= settings.recall_queries:
        return queries
    chosen = np.random.default_rng(settings.seed).choice(len(queries), settings.recall_queries, replace=False)
    return queries[np.sort(chosen)]


def _make(rows: NDArray[np.float32], settings: IndexSettings) -> _Unmeasured:
    kind = settings.kind
    if kind == "auto":
        kind = "flat" if len(rows) <= settings.flat_limit else "ivf_sq8"
    if kind == "flat":
        index = load_faiss().IndexFlatIP(rows.shape[1])
        index.add(rows)
        return _Unmeasured(index, "Flat", 1, "cpu")
    return _inverted(rows, settings, codes="SQ8" if kind == "ivf_sq8" else "SQfp16")


def _inverted(rows: NDArray[np.float32], settings: IndexSettings, *, codes: str) -> _Unmeasured:
    faiss = load_faiss()
    lists = min(settings.lists or _lists_for(len(rows)), len(rows))
    coarse = divide(rows, lists=lists, settings=settings)
    quantiser = faiss.IndexFlatIP(rows.shape[1])
    quantiser.add(coarse.vectors)
    code_type = faiss.ScalarQuantizer.QT_8bit if codes == "SQ8" else faiss.ScalarQuantizer.QT_fp16
    # Not by residual: rows differ from [mean ; highest log p] mostly in log p, which would eat the code's precision.
    index = faiss.IndexIVFScalarQuantizer(quantiser, rows.shape[1], lists, code_type, faiss.METRIC_INNER_PRODUCT, False)
    quantiser.this.disown()
    index.own_fields = True
    index.train(rows)
    ids = np.arange(len(rows), dtype=np.int64)
    pointers = (faiss.swig_ptr(array) for array in (rows, ids, coarse.assigned))
    index.add_core(len(rows), *pointers)
    return _Unmeasured(index, f"IVF{lists},{codes}", lists, coarse.trained_on)


def _lists_for(count: int) -> int:
    return int(2 ** round(math.log2(max(1.0, 4.0 * math.sqrt(count)))))
