"""Popularity inside the declared categories, or inside the category of the latest event.

Items outside follow after them, by popularity too. Knows nothing of texts or vectors.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.cases import Case
from firstlight_encoder.interactions import Interactions
from firstlight_encoder.labels import Labels
from firstlight_encoder.prior import Counting, popularity
from firstlight_evaluation.baselines.popularity import POPULARITY_OPTIONS


@dataclass(frozen=True)
class CategoryPopularityOption:
    """How items are counted and which category of an item is meant.

    Attributes:
        counting: how events are counted.
        leaf: whether the latest event stands for its most specific category, or for those a person would declare.
    """

    counting: Counting
    leaf: bool


CATEGORY_POPULARITY_OPTIONS = tuple(
    CategoryPopularityOption(counting, leaf) for counting in POPULARITY_OPTIONS for leaf in (True, False)
)


class CategoryPopularity:
    """Ranks items of the wanted categories first, each part by popularity."""

    name = "popularity in category"

    def __init__(self, train: Interactions, labels: Labels, option: CategoryPopularityOption) -> None:
        self._labels = labels
        self._leaf = option.leaf
        self._items_of = _items_by_label(labels)
        # Dense ranks are exact in float32 where popularity plus an offset would not be.
        distinct, ranks = np.unique(popularity(train, option.counting), return_inverse=True)
        self._ranks = ranks.astype(np.float32)
        self._lift = np.float32(len(distinct))

    def score(self, cases: Sequence[Case]) -> NDArray[np.float32]:
        """``(len(cases), item_count)`` float32: the popularity rank, lifted above all others inside the categories."""
        scores = np.tile(self._ranks, (len(cases), 1))
        for row, case in zip(scores, cases, strict=True):
            for label in self._wanted(case):
                items = self._items_of[label]
                row[items] = self._ranks[items] + self._lift
        return scores

    def _wanted(self, case: Case) -> set[int]:
        return {*case.declared, *self._of_latest(case)}

    def _of_latest(self, case: Case) -> list[int]:
        if not len(case.history):
            return []
        latest = int(case.history[-1])
        leaf = self._leaf and not self._labels.alternatives
        own = self._labels.of(latest)[-1:] if leaf else self._labels.declared(latest)
        return [int(label) for label in own]


def _items_by_label(labels: Labels) -> list[NDArray[np.int64]]:
    """For each label, the catalogue rows that carry it, ascending."""
    items = np.repeat(np.arange(len(labels.starts) - 1), np.diff(labels.starts))
    order = np.argsort(labels.values, kind="stable")
    counts = np.bincount(labels.values, minlength=len(labels.names))
    return np.split(items[order], np.cumsum(counts)[:-1])
