"""A mixture of what each source thinks probable: one weight a source, by how much is known.

Good on its own where there are too few users to train trees, and a feature of the trees where there are enough.
Knows nothing of how the weights were fitted.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.calibration import bucket_of
from firstlight_encoder.second_stage.catalogue_side import TABLES
from firstlight_encoder.second_stage.known import Known

SOURCES = ("space", *TABLES, "words")
"""The sources, in the order of a weight's columns."""

TINY = 1e-9
"""Keeps the logarithm of nothing finite."""


@dataclass(frozen=True)
class SourceMixture:
    """``p(item) = sum_s weight_s p_s(item)`` over a shortlist.

    Attributes:
        weights: ``(BUCKETS, len(SOURCES))`` float32, at least 0; rows sum to 1.
    """

    weights: NDArray[np.float32]

    def log_probability(self, sources: NDArray[np.float32], known: Known) -> NDArray[np.float32]:
        """``(c,)`` float32 from ``source_probabilities``, for the newcomer ``known``."""
        return np.asarray(np.log(self.weights[mixture_row(known)] @ sources + TINY), np.float32)


def mixture_row(known: Known) -> int:
    """Whose weights hold for ``known``: by its events that speak for their item, and whether it declares."""
    return bucket_of(len(known.history), known.wanted_count)


def source_probabilities(scores: NDArray[np.float32], *sums: NDArray[np.float32]) -> NDArray[np.float32]:
    """What each source thinks of a shortlist, ``(1 + len(sums), c)`` float32: rows sum to 1, or to 0 if it is silent.

    Args:
        scores: ``(c,)`` float32, the first stage's: logarithms of probability up to a constant.
        sums: ``(c,)`` float32 each, at least 0: the other sources'.
    """
    found = np.empty((1 + len(sums), len(scores)), np.float32)
    np.exp(scores - scores.max(), out=found[0])
    for line, own in zip(found[1:], sums, strict=True):
        line[:] = own
    total = np.add.reduce(found, axis=1, keepdims=True)
    total[total == 0] = 1
    found /= total
    return found
