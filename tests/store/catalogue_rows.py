"""Made-up item rows and queries with what makes real ones hard: clusters, many equal vectors, a long-tailed prior."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class CatalogueRows:
    """Rows [v ; log p] (n, d + 1), queries [s * u ; lambda] (q, d + 1), and the cluster behind each."""

    rows: NDArray[np.float32]
    clusters: NDArray[np.int64]
    queries: NDArray[np.float32]
    query_clusters: NDArray[np.int64]


def catalogue_rows(*, count: int, dimension: int = 31, queries: int = 200, seed: int = 0) -> CatalogueRows:
    """Draw a catalogue in which a fifth of the vectors are distinct, and users who sit near one or two clusters."""
    rng = np.random.default_rng(seed)
    centres = _unit(rng.normal(size=(40, dimension)))
    distinct_clusters = rng.integers(40, size=count // 5)
    distinct = _unit(centres[distinct_clusters] + 0.12 * rng.normal(size=(count // 5, dimension)))
    chosen = rng.integers(count // 5, size=count)
    weights = rng.pareto(1.0, size=count) + 1e-3
    log_priors = np.log(weights / weights.sum())
    query_clusters = rng.integers(40, size=queries)
    second = rng.integers(40, size=queries)
    directions = _unit(centres[query_clusters] + 0.5 * centres[second] + 0.1 * rng.normal(size=(queries, dimension)))
    strengths = rng.uniform(5, 30, size=(queries, 1))
    prior_weights = rng.uniform(0.3, 1.5, size=(queries, 1))
    return CatalogueRows(
        np.hstack([distinct[chosen], log_priors[:, None]]).astype(np.float32),
        distinct_clusters[chosen],
        np.hstack([strengths * directions, prior_weights]).astype(np.float32),
        query_clusters,
    )


def _unit(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))
