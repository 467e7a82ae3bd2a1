"""The trained space as a model of the curve: the very scores a server's exact search would rank by.

Knows nothing of training or of index approximations.
"""

from collections.abc import Sequence
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.case_tokens import case_tokens
from firstlight_encoder.cases import Case
from firstlight_encoder.confidence import CUT
from firstlight_encoder.label_shares import LabelShares
from firstlight_encoder.labels import Labels
from firstlight_encoder.space import Space
from firstlight_encoder.tokens import TokenSequence
from firstlight_evaluation.distinct_rows import DistinctRows

_CASES_AT_ONCE = 256


class SpaceScorer:
    """Scores every item by the highest inner product of the user's queries and the item's row ``[v_i ; log p(i)]``."""

    def __init__(
        self,
        space: Space,
        *,
        item_rows: NDArray[np.float32],
        label_vectors: NDArray[np.float32],
        labels: Labels,
        name: str = "firstlight",
    ) -> None:
        """Takes the space with its items and labels.

        Args:
            space: trained on the training users of the split.
            item_rows: ``(n, space.dimension + 1)`` float32, the projected items with their log prior.
            label_vectors: ``(labels, space.dimension)`` float32 unit rows, the projected prompts of the labels.
            labels: what cases declare, and which items carry it.
            name: what reports call the model.
        """
        self.name = name
        self._space = space
        self._vectors = item_rows[:, :-1]
        self._rows = DistinctRows(item_rows)
        self._label_vectors = label_vectors
        self._shares = LabelShares(labels, item_rows[:, -1][None, :])

    def score(self, cases: Sequence[Case]) -> NDArray[np.float32]:
        """``(len(cases), n)`` float32."""
        tokens = self._tokens(cases)
        interests = self._space.interests(tokens).swapaxes(0, 1)
        scores = reduce(np.maximum, (self._rows.inner_products(queries) for queries in interests))
        # The weight of the prior is that of the user, whichever of their interests speaks.
        for row, case, known, weight in zip(scores, cases, tokens, interests[0, :, -1], strict=True):
            if case.said:
                named = self._shares.lifted(case.said)
                row[named.rows] += weight * named.lift(self._space.odds(known))
        return scores

    def confidences(self, cases: Sequence[Case]) -> NDArray[np.float64]:
        """``(len(cases),)`` float64: the probability of a hit that would be served with each answer."""
        sure: list[float] = []
        for start in range(0, len(cases), _CASES_AT_ONCE):
            part = cases[start : start + _CASES_AT_ONCE]
            for case, known, scores in zip(part, self._tokens(part), self.score(part), strict=True):
                scores[case.history] = -np.inf
                sure.append(self._space.confidence(known, np.partition(scores, -CUT)[-CUT:]))
        return np.array(sure)

    def _tokens(self, cases: Sequence[Case]) -> list[TokenSequence]:
        return [case_tokens(case, item_vectors=self._vectors, label_vectors=self._label_vectors) for case in cases]
