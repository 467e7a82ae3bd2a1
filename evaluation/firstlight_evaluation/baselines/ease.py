"""EASE: a linear item-to-item model in closed form (Steck, "Embarrassingly Shallow Autoencoders", 2019).

Fitted over the most popular items only, because their Gram matrix is inverted whole. Knows nothing of texts or
categories.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.lapack import spotrf, spotri
from scipy.sparse import csr_array

from firstlight_encoder.cases import Case
from firstlight_evaluation.baselines.groups import ItemGroups
from firstlight_evaluation.baselines.history import HistoryEvents

ITEM_COUNTS = (4_000, 10_000)
"""How many of the most popular items are fitted; 10,000 take 400 MB a matrix and ten seconds of one core."""
RIDGES = (100.0, 500.0)
DECAYS = (1.0, 0.8)


@dataclass(frozen=True)
class EaseOption:
    """What is fitted.

    Attributes:
        items: how many of the most popular items take part.
        ridge: strength of the L2 penalty, in users.
        decay: weight of a history event relative to the next newer one.
    """

    items: int
    ridge: float
    decay: float


def ease_options(item_count: int) -> list[EaseOption]:
    """Every setting with every number of items that a catalogue of ``item_count`` has; equal fits stand together."""
    sizes = dict.fromkeys(min(item_count, size) for size in ITEM_COUNTS)
    return [EaseOption(size, ridge, decay) for size in sizes for ridge in RIDGES for decay in DECAYS]


class EaseFits:
    """Fits tables of weights and keeps the last, which several options share."""

    def __init__(self, groups: ItemGroups) -> None:
        self.item_counts = groups.item_counts
        self._groups = groups
        self._last: tuple[tuple[int, float], NDArray[np.int64], NDArray[np.float32]] | None = None

    def fit(self, option: EaseOption) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The fitted catalogue rows ``(n,)``, ascending, and their weights ``(n, n)`` float32."""
        key = (option.items, option.ridge)
        if self._last is None or self._last[0] != key:
            self._last = None  # lets go of the memory first
            rows = np.sort(np.argsort(-self.item_counts, kind="stable")[: option.items])
            self._last = (key, rows, _weights(self._groups.gram(rows), option.ridge))
        return self._last[1:]


class Ease:
    """Scores j by the sum over history events i of ``w_i B_ij``, ``B = I - P / diag(P)``, ``P = (X'X + ridge I)^-1``.

    X has a row for every user. Items that were not fitted score 0.
    """

    name = "EASE"

    def __init__(self, fits: EaseFits, option: EaseOption) -> None:
        self._decay = option.decay
        self._item_count = len(fits.item_counts)
        self._fitted, self._weights = fits.fit(option)
        self._place = np.full(self._item_count, -1, np.int64)
        self._place[self._fitted] = np.arange(len(self._fitted))

    def score(self, cases: Sequence[Case]) -> NDArray[np.float32]:
        """``(len(cases), item_count)`` float32."""
        events = HistoryEvents.of(cases, decay=self._decay)
        place = self._place[events.items]
        known = place >= 0
        chosen = csr_array(
            (events.weights[known], (events.cases[known], place[known])), shape=(len(cases), len(self._fitted))
        )
        scores = np.zeros((len(cases), self._item_count), np.float32)
        scores[:, self._fitted] = chosen.dot(self._weights)
        return scores


def _weights(gram: NDArray[np.float32], ridge: float) -> NDArray[np.float32]:
    """B from X'X ``(n, n)`` float32, which is overwritten."""
    every = np.arange(len(gram))
    gram[every, every] += np.float32(ridge)
    # The transpose of a symmetric row-major matrix is itself, column-major as LAPACK wants it: nothing is copied.
    factor, _ = spotrf(gram.T, lower=1, clean=1, overwrite_a=1)
    inverse, _ = spotri(factor, lower=1, overwrite_c=1)
    own = np.diagonal(inverse).copy()
    inverse[every, every] = 0.0
    # LAPACK fills one triangle; ``clean`` left zeros in the other.
    weights: NDArray[np.float32] = np.ascontiguousarray(inverse)
    weights += weights.T.copy()
    weights /= -own
    return weights
