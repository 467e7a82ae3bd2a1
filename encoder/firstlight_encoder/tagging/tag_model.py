"""How sure it is that a tag holds of an item, from how near their texts lie: zero-shot, calibrated on known labels.

What speaks for a tag is its cosine with the item, and by how many standard deviations that is more than its cosine with
the catalogue at large: some words lie near everything. Needs NumPy only. Knows nothing of how texts became vectors.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_ROUNDS = 50
_RIDGE = 1e-3
_NEAR_ENOUGH = 1e-6
_SMALLEST_SPREAD = 1e-6

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class TagModel:
    """A logistic curve.

    Attributes:
        weights: ``(3,)`` float64, of the cosine, of its standard score, and of 1.
        threshold: the confidence from which on a tag is taken to hold: where F1 was highest.
    """

    weights: Floats
    threshold: float

    def confidence(
        self, tags: NDArray[np.float32], items: NDArray[np.float32], catalogue: NDArray[np.float32]
    ) -> Floats:
        """How sure it is that each tag holds of each item, ``(t, n)`` float64 in 0..1.

        Args:
            tags: ``(t, d)`` float32, unit rows.
            items: ``(n, d)`` float32, unit rows.
            catalogue: ``(c, d)`` float32, unit rows of the catalogue at large, as in the fit.
        """
        return _sigmoid(_features(tags, items, catalogue) @ self.weights)


def fit_tags(
    tags: NDArray[np.float32],
    items: NDArray[np.float32],
    catalogue: NDArray[np.float32],
    holds: NDArray[np.bool_],
) -> TagModel:
    """The model by which known labels, read as tags, come out best.

    Args:
        tags: ``(t, d)`` float32, unit rows of the labels.
        items: ``(n, d)`` float32, unit rows of items whose texts do not say their labels.
        catalogue: ``(c, d)`` float32, unit rows of the catalogue at large.
        holds: ``(t, n)`` bool, some of them True and some False.
    """
    features = _features(tags, items, catalogue).reshape(-1, 3)
    truth = holds.ravel().astype(np.float64)
    scale = features.std(axis=0)
    scale[-1] = 1.0
    weights = _logistic(features / scale, truth) / scale
    return TagModel(weights, _best_threshold(_sigmoid(features @ weights), truth))


def _features(tags: NDArray[np.float32], items: NDArray[np.float32], catalogue: NDArray[np.float32]) -> Floats:
    """``(t, n, 3)``."""
    cosines, at_large = (tags @ items.T).astype(np.float64), (tags @ catalogue.T).astype(np.float64)
    spread = np.maximum(at_large.std(axis=1, keepdims=True), _SMALLEST_SPREAD)
    return np.stack([cosines, (cosines - at_large.mean(axis=1, keepdims=True)) / spread, np.ones_like(cosines)], -1)


def _logistic(features: Floats, truth: Floats) -> Floats:
    """Newton's method on the ridged log-likelihood."""
    weights = np.zeros(features.shape[1])
    for _ in range(_ROUNDS):
        probable = _sigmoid(features @ weights)
        slope = features.T @ (probable - truth) + _RIDGE * weights
        curve = (features * (probable * (1 - probable))[:, None]).T @ features + _RIDGE * np.eye(len(weights))
        step = np.linalg.solve(curve, slope)
        weights -= step * min(1.0, 10.0 / max(np.abs(step).max(), 1e-12))
        if np.abs(step).max() < _NEAR_ENOUGH:
            break
    return weights


def _best_threshold(confidence: Floats, truth: Floats) -> float:
    order = np.argsort(-confidence, kind="stable")
    hits, taken = np.cumsum(truth[order]), np.arange(1, len(order) + 1)
    return float(confidence[order[int(np.argmax(2 * hits / (taken + truth.sum())))]])


def _sigmoid(values: Floats) -> Floats:
    return 1 / (1 + np.exp(-np.clip(values, -60, 60)))
