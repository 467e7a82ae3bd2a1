"""Fits the mixture's weights by expectation maximisation: the weights under which the targets were most probable.

Dempster, Laird and Rubin (1977) for fixed components. Knows nothing of where the probabilities came from.
"""

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.calibration import BUCKETS
from firstlight_encoder.second_stage.mixture import SOURCES, TINY, SourceMixture

ROUNDS = 30

PSEUDO_CASES = 20.0
"""How many cases of the overall weights are mixed into those of a bucket."""


def fit_mixture(likelihoods: NDArray[np.float64], buckets: NDArray[np.int64]) -> SourceMixture:
    """The weights of every bucket.

    Args:
        likelihoods: ``(t, len(SOURCES))`` float64, what each source gave a target that was taken.
        buckets: ``(t,)`` int64, rows of the calibration table.
    """
    even = np.full(len(SOURCES), 1 / len(SOURCES))
    overall = _weights(likelihoods, start=even, pseudo=even)
    rows = [_weights(likelihoods[buckets == row], start=overall, pseudo=overall) for row in range(BUCKETS)]
    return SourceMixture(np.stack(rows).astype(np.float32))


def _weights(
    likelihoods: NDArray[np.float64], *, start: NDArray[np.float64], pseudo: NDArray[np.float64]
) -> NDArray[np.float64]:
    weights = start
    for _ in range(ROUNDS):
        share = weights * likelihoods
        share /= share.sum(1, keepdims=True) + TINY
        weights = share.sum(0) + PSEUDO_CASES * pseudo
        weights = weights / weights.sum()
    return weights
