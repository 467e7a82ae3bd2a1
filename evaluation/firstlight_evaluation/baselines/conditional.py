"""Item-kNN by conditional probability: how often takers of the history's items also take another.

Exact and unpruned. Knows nothing of texts or categories.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.cases import Case
from firstlight_evaluation.baselines.groups import GroupBy, ItemGroups
from firstlight_evaluation.baselines.history import HistoryEvents
from firstlight_evaluation.baselines.tuning import MAX_OPTIONS


@dataclass(frozen=True)
class ConditionalOption:
    """How the probabilities are made.

    Attributes:
        by: what counts as taken together.
        smoothing: how many groups of average taste are mixed into every item's own.
        decay: weight of an event relative to the next newer one.
    """

    by: GroupBy
    smoothing: float
    decay: float = 1.0


_SETTINGS = ((10.0, 1.0), (10.0, 0.8), (100.0, 0.8), (1000.0, 1.0), (30.0, 0.4), (30.0, 0.8), (10.0, 0.6), (30.0, 0.6))
"""Smoothing and decay, the most useful first."""


def conditional_options(kinds: Sequence[GroupBy]) -> list[ConditionalOption]:
    """The budget shared out among the ``kinds`` of group that hold anything."""
    each = MAX_OPTIONS // len(kinds)
    return [ConditionalOption(by, smoothing, decay) for by in kinds for smoothing, decay in _SETTINGS[:each]]


class ConditionalNeighbours:
    """Scores j by the sum over history events i of ``w_i (C_ij + s p_j) / (n_i + s)``, p_j the share of groups with j.

    Smoothing toward popularity (a Dirichlet prior) keeps a neighbour seen once from looking certain, and ranks by
    popularity what the history says nothing about.
    """

    name = "item-kNN P(j|i)"

    def __init__(self, groups: Mapping[GroupBy, ItemGroups], option: ConditionalOption) -> None:
        self._groups = groups[option.by]
        self._smoothing, self._decay = option.smoothing, option.decay
        self._scale = (1.0 / (self._groups.item_counts + option.smoothing)).astype(np.float32)
        self._share = (self._groups.item_counts / self._groups.group_count).astype(np.float32)

    def score(self, cases: Sequence[Case]) -> NDArray[np.float32]:
        """``(len(cases), item_count)`` float32."""
        events = HistoryEvents.of(cases, decay=self._decay)
        weights = events.weights * self._scale[events.items]
        sums = self._groups.co_occurrence(events, weights=weights)
        average = np.bincount(events.cases, weights=weights, minlength=len(cases)) * self._smoothing
        sums += average.astype(np.float32)[:, None] * self._share
        return sums
