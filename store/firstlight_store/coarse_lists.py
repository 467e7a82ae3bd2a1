"""Divides rows into inverted lists in a way that suits a prior riding on every row.

The last coordinate, log p of about -18..-4, dwarfs the 127 of unit length, so clustering whole rows sorts them by
popularity and not by meaning. Lists are therefore clustered on direction alone. Each list is then ranked for a query by
[mean direction ; highest log p inside]: the best any member could gain from its prior. Measured on 92,331 products with
1,000 real queries: recall@10 .995 at 16 of 1,024 lists, against .74 for whole rows; and the pure prior is found.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from firstlight_store.faiss_runtime import gpu_count, load_faiss
from firstlight_store.index_settings import IndexSettings

_MOST_POINTS_A_LIST = 64


@dataclass(frozen=True)
class CoarseLists:
    """Which list every row belongs to, and the vector by which each list is found."""

    vectors: NDArray[np.float32]
    """(lists, d + 1) float32: [mean direction ; highest log p]."""
    assigned: NDArray[np.int64]
    """(n,) int64: each row's list."""
    trained_on: str
    """"cpu" or "gpu"."""


def divide(rows: NDArray[np.float32], *, lists: int, settings: IndexSettings) -> CoarseLists:
    """Divide rows (n, d + 1) into `lists` by k-means over their first d coordinates, seeded."""
    directions = np.ascontiguousarray(rows[:, :-1])
    quantiser = _flat_l2(directions.shape[1])
    on_gpu = gpu_count() > 0
    if on_gpu:
        quantiser = load_faiss().index_cpu_to_all_gpus(quantiser)
    _train(directions, quantiser, lists=lists, settings=settings)
    _, assigned = quantiser.search(directions, 1)
    nearest = np.asarray(assigned[:, 0], dtype=np.int64)
    return CoarseLists(_vectors(rows, nearest, lists), nearest, "gpu" if on_gpu else "cpu")


def _train(directions: NDArray[np.float32], quantiser: Any, *, lists: int, settings: IndexSettings) -> None:
    clustering = load_faiss().Clustering(directions.shape[1], lists)
    clustering.niter = settings.train_rounds
    clustering.seed = settings.seed + 1
    clustering.min_points_per_centroid = 1
    clustering.max_points_per_centroid = _MOST_POINTS_A_LIST
    clustering.train(directions, quantiser)


def _flat_l2(dimension: int) -> Any:
    return load_faiss().IndexFlatL2(dimension)


def _vectors(rows: NDArray[np.float32], assigned: NDArray[np.int64], lists: int) -> NDArray[np.float32]:
    sizes = np.bincount(assigned, minlength=lists)
    order = np.argsort(assigned, kind="stable")
    vectors = np.zeros((lists, rows.shape[1]), dtype=np.float32)
    vectors[:, -1] = rows[:, -1].min()
    filled = np.flatnonzero(sizes)
    starts = (np.cumsum(sizes) - sizes)[filled]
    vectors[filled] = np.add.reduceat(rows[order], starts, axis=0) / sizes[filled, None]
    vectors[filled, -1] = np.maximum.reduceat(rows[order, -1], starts)
    return vectors
