"""What a space would have answered cases at their own moments: every item's score. Knows nothing of tuning."""

from collections.abc import Iterator, Sequence

import numpy as np

from firstlight_encoder.case_tokens import case_tokens
from firstlight_encoder.cases import Case
from firstlight_encoder.label_shares import LabelShares
from firstlight_encoder.parameters import Floats
from firstlight_encoder.prior import PriorTimeline
from firstlight_encoder.space import Space

AT_ONCE = 64
"""Cases whose scores of all items are in memory together."""


def tower_scores(interests: Floats, item_vectors: Floats) -> Floats:
    """``(c, n)`` float32: the tower's part of the scores of items ``(n, d)`` for interests ``(c, K, d + 1)``."""
    users = interests[..., :-1].reshape(-1, item_vectors.shape[1])
    scores: Floats = (users @ item_vectors.T).reshape(*interests.shape[:2], -1)
    return scores[:, 0] if interests.shape[1] == 1 else scores.max(1)


class CaseScores:
    """Scores all items for several cases."""

    def __init__(
        self, space: Space, *, shares: LabelShares, item_vectors: Floats, label_vectors: Floats, prior: PriorTimeline
    ) -> None:
        """Takes a space, its ``(n, d)`` items and ``(m, d)`` labels; ``shares`` are those of the prior."""
        self._space, self._shares, self._prior = space, shares, prior
        self._items, self._names = item_vectors, label_vectors

    def __call__(self, cases: Sequence[Case]) -> Iterator[Floats]:
        """For every case ``(n,)`` float32, with the prior of its moment and what its declarations lift."""
        for start in range(0, len(cases), AT_ONCE):
            yield from self._scores(cases[start : start + AT_ONCE])

    def _scores(self, cases: Sequence[Case]) -> Iterator[Floats]:
        tokens = [case_tokens(case, item_vectors=self._items, label_vectors=self._names) for case in cases]
        interests = self._space.interests(tokens)
        moments: list[int] = self._prior.at(np.array([case.time_h for case in cases])).tolist()
        towers = tower_scores(interests, self._items)
        for place, (case, moment) in enumerate(zip(cases, moments, strict=True)):
            weight, scores = interests[place, 0, -1], towers[place]
            scores += weight * self._prior.tables[moment]
            if case.said:
                named = self._shares.lifted(case.said, moment=moment)
                scores[named.rows] += weight * named.lift(self._space.odds(tokens[place]))
            yield scores
