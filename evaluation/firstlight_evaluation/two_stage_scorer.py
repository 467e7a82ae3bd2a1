"""Both stages as a model of the curve: the first one's scores, the head of the list ordered by the second.

The second stage's own code computes everything, as in a server. Knows nothing of training or of index approximations.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.case_tokens import case_tokens
from firstlight_encoder.cases import Case
from firstlight_encoder.label_shares import LabelShares
from firstlight_encoder.labels import Labels
from firstlight_encoder.second_stage.case_known import case_seeker
from firstlight_encoder.second_stage.first_stage import first_stages
from firstlight_encoder.second_stage.second_stage import Method, Ordered, SecondStage
from firstlight_encoder.space import Space
from firstlight_evaluation.space_scorer import SpaceScorer

_CASES_AT_ONCE = 256
_TOGETHER = 64


class TwoStageScorer:
    """Ranks as a server would, over the whole catalogue."""

    def __init__(
        self,
        space: Space,
        stage: SecondStage,
        *,
        labels: Labels,
        label_vectors: NDArray[np.float32],
        name: str = "firstlight",
    ) -> None:
        """Takes both stages with their labels.

        Args:
            space: trained on the training users of the split.
            stage: over the same items.
            labels: what cases declare.
            label_vectors: ``(labels, space.dimension)`` float32 unit rows, the projected prompts of the labels.
            name: what reports call the model.
        """
        self.name = name
        self._first = SpaceScorer(space, item_rows=stage.side.rows, label_vectors=label_vectors, labels=labels)
        self._space, self._stage = space, stage
        self._shares = LabelShares(labels, stage.side.log_prior[None, :])
        self._labels, self._label_vectors = labels, label_vectors

    def score(self, cases: Sequence[Case]) -> NDArray[np.float32]:
        """``(len(cases), n)`` float32; the shortlist of who is known for anything stands above all else."""
        scores = self._first.score(cases)
        for place, one in self._shortlists(cases, scores):
            own = scores[place]
            own[one.rows] = own.max() + 1 + (one.scores - one.scores.min())
        return scores

    def confidences(self, cases: Sequence[Case]) -> NDArray[np.float64]:
        """``(len(cases),)`` float64: the probability of a hit that would be served with each answer; NaN for none."""
        sure = self._first.confidences(cases)
        for start in range(0, len(cases), _CASES_AT_ONCE):
            part = cases[start : start + _CASES_AT_ONCE]
            for place, one in self._shortlists(part, self._first.score(part)):
                sure[start + place] = one.confidence
        return sure

    def _shortlists(self, cases: Sequence[Case], scores: NDArray[np.float32]) -> Iterator[tuple[int, Ordered]]:
        """Which cases have a shortlist, best first, from the first stage's ``scores``; others have none."""
        if self._stage.method is Method.SPACE:
            return
        vectors = self._stage.side.rows[:, :-1]
        tokens = [case_tokens(case, item_vectors=vectors, label_vectors=self._label_vectors) for case in cases]
        firsts = first_stages(self._space, cases, tokens, shares=self._shares)
        known = [place for place, case in enumerate(cases) if len(case.history) or case.said]
        for start in range(0, len(known), _TOGETHER):
            places = known[start : start + _TOGETHER]
            seekers = [case_seeker(cases[place], firsts[place], scores[place], labels=self._labels) for place in places]
            yield from zip(places, self._stage.ordered(seekers), strict=True)
