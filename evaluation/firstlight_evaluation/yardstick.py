"""Measures lists by more than accuracy: cold and warm items apart, popularity's bias removed, how unlike the items are.

Knows nothing of models, intervals or reports.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.cases import Case
from firstlight_evaluation.material import Material
from firstlight_evaluation.metrics import LIST_LENGTH, MAIN_METRIC, Metric, accuracy, hits, ndcg, recall
from firstlight_evaluation.shown import Shown

COLD, WARM = "cold", "warm"
HELD_OUT, OTHERS = "held out", "others"
DEBIASED_RECALL = f"debiased recall@{LIST_LENGTH}"
DIVERSITY = f"diversity@{LIST_LENGTH}"
RECALL = f"recall@{LIST_LENGTH}"


@dataclass(frozen=True)
class Yardstick:
    """What of a catalogue is needed to measure lists of it.

    Attributes:
        train_counts: ``(n,)`` int64, wanted training events of every item.
        item_vectors: ``(n, text_d)`` float32 unit rows, the raw text vectors.
        groups: kinds of target that are measured apart, each ``(n,)`` bool.
    """

    train_counts: NDArray[np.int64]
    item_vectors: NDArray[np.float32]
    groups: Mapping[str, NDArray[np.bool_]]

    @classmethod
    def of(cls, material: Material, *, held_out: NDArray[np.bool_] | None = None) -> "Yardstick":
        """The yardstick of a domain: cold items are those without a wanted training event.

        Args:
            material: the domain.
            held_out: ``(n,)`` bool, the items of a designed experiment, measured apart from the others.
        """
        train = material.split.train
        counts = np.bincount(train.items[train.wanted], minlength=train.item_count)
        groups = {COLD: counts == 0, WARM: counts > 0}
        designed = {} if held_out is None else {HELD_OUT: held_out, OTHERS: ~held_out}
        return cls(counts, material.item_vectors, groups | designed)

    def measure(self, top: NDArray[np.int64], cases: Sequence[Case]) -> dict[str, NDArray[np.float64]]:
        """Every metric, each ``(b,)`` float64; NaN where none of a case's targets is of the kind.

        Args:
            top: ``(b, length)`` int64 catalogue rows, best first, -1 where a list ends early.
            cases: whose lists they are.
        """
        targets = [case.targets for case in cases]
        found = hits(top, targets)
        values = accuracy(found, _lengths(targets))
        values[DEBIASED_RECALL] = self._debiased_recall(top[:, :LIST_LENGTH], found[:, :LIST_LENGTH], targets)
        values[DIVERSITY] = self._diversity(top[:, :LIST_LENGTH])
        for name, members in self.groups.items():
            own = [rows[members[rows]] for rows in targets]
            own_found = found[:, :LIST_LENGTH] & members[top[:, :LIST_LENGTH]]
            values[f"{MAIN_METRIC} {name}"] = _of_present(ndcg, own_found, _lengths(own))
            values[f"{RECALL} {name}"] = _of_present(recall, own_found, _lengths(own))
        return values

    def shown(self, top: NDArray[np.int64]) -> Shown:
        """What people see of ``top``."""
        return Shown(len(self.train_counts), (top[:, :LIST_LENGTH].astype(np.int32),))

    def _debiased_recall(
        self, top: NDArray[np.int64], found: NDArray[np.bool_], targets: Sequence[NDArray[np.int64]]
    ) -> NDArray[np.float64]:
        """Recall in which a target counts the inverse of how likely it was to be observed.

        Popularity-stratified recall (Steck, "Item popularity and recommendation accuracy", 2011): the sum of s_i over
        hits by the sum over all targets, s_i = n_i^(-g / (g + 1)) with g = 1 and one event more for everyone. Both sums
        run over all users, since most have one target; a user's value is their part of the first over the mean part
        of the second, so that the mean over users is the ratio.
        """
        weights = 1.0 / np.sqrt(self.train_counts + 1.0)
        wanted = np.array([weights[rows].sum() for rows in targets])
        values: NDArray[np.float64] = (weights[top] * found).sum(axis=1) / wanted.mean()
        return values

    def _diversity(self, top: NDArray[np.int64]) -> NDArray[np.float64]:
        """One minus the mean cosine of all pairs of a list (Ziegler et al., 2005); 0 for a list of fewer than two."""
        real = top >= 0
        sizes = real.sum(axis=1)
        vectors = np.concatenate([self.item_vectors[top[place][real[place]]].sum(0)[None] for place in range(len(top))])
        pairs = np.maximum(sizes * (sizes - 1), 1)
        cosines = ((vectors.astype(np.float64) ** 2).sum(axis=1) - sizes) / pairs
        return np.where(sizes > 1, 1.0 - cosines, 0.0)


def _lengths(rows: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    return np.array([len(own) for own in rows], np.int64)


def _of_present(metric: Metric, found: NDArray[np.bool_], counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """``metric`` of the cases with targets, NaN for the others."""
    return np.where(counts > 0, metric(found, np.maximum(counts, 1)), np.nan)
