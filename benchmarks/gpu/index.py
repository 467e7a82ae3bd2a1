"""How long FAISS takes to build an index, on each device. Knows nothing of texts or training."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from benchmarks.measure import Row, summarise
from firstlight_encoder.device import CPU
from firstlight_store import FaissUnavailable, IndexSettings, build_index

ROWS, DIMENSION, QUERIES = 200_000, 128, 500


def measure_index(devices: Sequence[str]) -> list[Row]:
    """Seconds to build and measure an index, by the FAISS that is installed; no row where none is."""
    random = np.random.default_rng(0)
    rows, queries = _unit(random, ROWS), _unit(random, QUERIES)
    try:
        report = build_index(rows, queries, settings=IndexSettings(kind="ivf_sq8", recall_floor=0.0)).report
    except FaissUnavailable:
        return []
    name = f"build {report.kind} over {ROWS:,} rows, {devices[-1] if len(devices) > 1 else CPU}"
    return [
        summarise(name, [report.seconds], unit="s"),
        summarise("build: recall@10 against exact search", [report.recall_at_10], unit="share"),
    ]


def _unit(random: np.random.Generator, count: int) -> NDArray[np.float32]:
    """``(count, DIMENSION)`` float32 unit rows."""
    rows = random.normal(size=(count, DIMENSION))
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)
