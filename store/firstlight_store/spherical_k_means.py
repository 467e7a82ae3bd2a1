"""Clusters of unit vectors by direction: spherical k-means. It knows nothing of what the vectors are."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firstlight_store.faiss_runtime import load_faiss

_ROUNDS = 50
_RESTARTS = 30
_MOST_POINTS = 1 << 30
"""A cluster may be learnt from as many: FAISS would else look at a sample."""


@dataclass(frozen=True)
class Clusters:
    """``k`` clusters of ``n`` vectors.

    Attributes:
        centroids: ``(k, d)`` float32, unit rows.
        assigned: ``(n,)`` int64, each vector's cluster.
        cosines: ``(n,)`` float32, of each vector with its centroid.
    """

    centroids: NDArray[np.float32]
    assigned: NDArray[np.int64]
    cosines: NDArray[np.float32]


def spherical_k_means(
    vectors: NDArray[np.float32], count: int, *, seed: int = 0, start: NDArray[np.float32] | None = None
) -> Clusters:
    """Cluster ``vectors`` ``(n, d)`` float32, unit rows; the same input gives the same clusters.

    Args:
        vectors: at least ``count``.
        count: how many clusters.
        seed: of the first centroids, of which the best of several draws counts.
        start: ``(count, d)`` float32, first centroids to begin with instead.

    Raises:
        ValueError: there are fewer vectors than clusters, or fewer than one cluster.
    """
    if not 1 <= count <= len(vectors):
        raise ValueError(f"{len(vectors):,} vectors make no {count:,} clusters; ask for 1 to {len(vectors):,}")
    faiss, vectors = load_faiss(), np.ascontiguousarray(vectors, np.float32)
    means = faiss.Kmeans(
        vectors.shape[1],
        count,
        niter=_ROUNDS,
        nredo=_RESTARTS if start is None else 1,
        spherical=True,
        seed=seed,
        min_points_per_centroid=1,
        max_points_per_centroid=_MOST_POINTS,
    )
    means.train(vectors, init_centroids=start)
    centroids = np.asarray(means.centroids, np.float32)
    cosines = vectors @ centroids.T
    assigned = cosines.argmax(axis=1)
    return Clusters(centroids, assigned.astype(np.int64), cosines[np.arange(len(vectors)), assigned])
