"""The raw text encoder without training: items whose texts resemble those of the history, or the declared names.

The vectors come from outside. Knows nothing of other people's events.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.cases import Case
from firstlight_evaluation.baselines.history import HistoryEvents
from firstlight_evaluation.distinct_rows import DistinctRows


@dataclass(frozen=True)
class TextMeanOption:
    """How a history becomes one vector.

    Attributes:
        decay: weight of an event relative to the next newer one; 1 is the plain mean, 0 the newest event alone.
    """

    decay: float


TEXT_MEAN_OPTIONS = tuple(TextMeanOption(decay) for decay in (1.0, 0.9, 0.8, 0.6, 0.3, 0.0))


class TextMean:
    """Scores an item by the inner product of its text vector and the weighted mean of the history's."""

    name = "raw text mean"

    def __init__(self, items: DistinctRows, option: TextMeanOption) -> None:
        self._items = items
        self._decay = option.decay

    def score(self, cases: Sequence[Case]) -> NDArray[np.float32]:
        """``(len(cases), item_count)`` float32."""
        events = HistoryEvents.of(cases, decay=self._decay)
        queries = np.zeros((len(cases), self._items.width), np.float32)
        np.add.at(queries, events.cases, self._items.take(events.items) * events.weights[:, None])
        return self._items.inner_products(queries)


class UntrainedPrompts:
    """Scores an item by the inner product of its text vector and the mean of the declared names' prompts."""

    name = "untrained prompts"

    def __init__(self, items: DistinctRows, label_vectors: NDArray[np.float32], _option: None = None) -> None:
        self._items = items
        self._labels = label_vectors

    def score(self, cases: Sequence[Case]) -> NDArray[np.float32]:
        """``(len(cases), item_count)`` float32; every case declares at least one label."""
        queries = np.stack([self._labels[list(case.declared)].mean(axis=0) for case in cases])
        return self._items.inner_products(queries)
