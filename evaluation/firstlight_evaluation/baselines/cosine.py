"""Item-kNN by cosine: items whose takers are those of the history's items.

Exact and unpruned. Knows nothing of texts or categories.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.cases import Case
from firstlight_evaluation.baselines.groups import GroupBy, ItemGroups
from firstlight_evaluation.baselines.history import HistoryEvents


@dataclass(frozen=True)
class CosineOption:
    """How the neighbours are made.

    Attributes:
        by: what counts as taken together.
        decay: weight of an event relative to the next newer one.
    """

    by: GroupBy
    decay: float


_DECAYS = (1.0, 0.9, 0.8, 0.6)


def cosine_options(kinds: Sequence[GroupBy]) -> list[CosineOption]:
    """Every decay with the ``kinds`` of group that hold anything."""
    return [CosineOption(by, decay) for by in kinds for decay in _DECAYS]


class CosineNeighbours:
    """Scores j by the sum over history events i of ``w_i C_ij / sqrt(n_i n_j)`` (Sarwar et al., 2001)."""

    name = "item-kNN cosine"

    def __init__(self, groups: Mapping[GroupBy, ItemGroups], option: CosineOption) -> None:
        self._groups = groups[option.by]
        self._decay = option.decay
        self._scale = (1.0 / np.sqrt(np.maximum(self._groups.item_counts, 1.0))).astype(np.float32)

    def score(self, cases: Sequence[Case]) -> NDArray[np.float32]:
        """``(len(cases), item_count)`` float32; 0 for an item never taken with any of the history."""
        events = HistoryEvents.of(cases, decay=self._decay)
        sums = self._groups.co_occurrence(events, weights=events.weights * self._scale[events.items])
        sums *= self._scale
        return sums
