"""A mixture of what each source thinks probable: one weight a source, by how much is known.

Good on its own where there are too few users to train trees, and a feature of the trees where there are enough.
Knows nothing of how the weights were fitted.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.calibration import bucket_of
from firstlight_encoder.second_stage.catalogue_side import TABLES
from firstlight_encoder.second_stage.known import Known
from firstlight_encoder.second_stage.lists import Lists

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
        return self.log_probabilities(sources, [mixture_row(known)], Lists(np.array([sources.shape[1]])))

    def log_probabilities(self, sources: NDArray[np.float32], rows: Sequence[int], lists: Lists) -> NDArray[np.float32]:
        """``(c,)`` float32 for newcomers with candidates in ``lists``, each with the ``mixture_row`` in ``rows``."""
        weights = self.weights.take(rows, axis=0).T
        together = np.add.reduce(lists.spread(weights) * sources, axis=0)
        return np.asarray(np.log(together + TINY), np.float32)


def mixture_row(known: Known) -> int:
    """Whose weights hold for ``known``: by its events that speak for their item, and whether it declares."""
    return bucket_of(len(known.history), known.wanted_count)


def source_probabilities(lists: Lists, scores: NDArray[np.float32], *sums: NDArray[np.float32]) -> NDArray[np.float32]:
    """What each source thinks of shortlists, ``(1 + len(sums), c)`` float32.

    Every line of a list sums to 1, or to 0 where the source is silent.

    Args:
        lists: the shortlists; none is empty.
        scores: ``(c,)`` float32, the first stage's: logarithms of probability up to a constant.
        sums: ``(c,)`` float32 each, at least 0: the other sources'.
    """
    found = np.empty((1 + len(sums), len(scores)), np.float32)
    np.exp(scores - lists.spread(lists.highest(scores)), out=found[0])
    for line, own in zip(found[1:], sums, strict=True):
        line[:] = own
    total = lists.totals(found)
    total[total == 0] = 1
    found /= lists.spread(total)
    return found
