"""What a space would have answered a case at its own moment: every item's score. Knows nothing of tuning."""

import numpy as np

from firstlight_encoder.case_tokens import case_tokens
from firstlight_encoder.cases import Case
from firstlight_encoder.label_shares import LabelShares
from firstlight_encoder.parameters import Floats
from firstlight_encoder.prior import PriorTimeline
from firstlight_encoder.space import Space


class CaseScores:
    """Scores all items for one case at a time."""

    def __init__(
        self, space: Space, *, shares: LabelShares, item_vectors: Floats, label_vectors: Floats, prior: PriorTimeline
    ) -> None:
        """Takes a space, its ``(n, d)`` items and ``(m, d)`` labels; ``shares`` are those of the prior."""
        self._space, self._shares, self._prior = space, shares, prior
        self._items, self._names = item_vectors, label_vectors

    def __call__(self, case: Case) -> Floats:
        """``(n,)`` float32, with the prior of the case's moment and what its declarations lift."""
        tokens = case_tokens(case, item_vectors=self._items, label_vectors=self._names)
        interests = self._space.interests([tokens])[0]
        moment = int(self._prior.at(np.array([case.time_h]))[0])
        weight = interests[0, -1]
        scores: Floats = (interests[:, :-1] @ self._items.T).max(0) + weight * self._prior.tables[moment]
        if case.declared:
            named = self._shares.lifted(case.declared, [1.0] * len(case.declared), moment=moment)
            scores[named.rows] += weight * named.lift(self._space.odds(tokens))
        return scores
