"""A model that takes part in the comparison, and what it can answer from.

Knows nothing of how it scores.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from firstlight_encoder.cases import Scorer
from firstlight_evaluation.points import Evidence, Point

ALWAYS = frozenset(Evidence)
"""A model that ranks from anything, nothing included."""


@dataclass(frozen=True)
class Contender:
    """One model of the curve.

    Attributes:
        scorer: the fitted model.
        answers_from: the evidence it can rank by. A similarity model knows nothing without a history, so it gets no
            row there; none is invented for it.
        baseline: whether it is something to beat rather than the model under test.
        settings: what tuning chose, for the report.
    """

    scorer: Scorer
    answers_from: frozenset[Evidence]
    baseline: bool = True
    settings: Mapping[str, object] = field(default_factory=dict[str, object])

    @property
    def name(self) -> str:
        """The model's name in every report."""
        return self.scorer.name

    def answers_at(self, point: Point) -> bool:
        """Whether the model has anything to say at ``point``."""
        return point.evidence in self.answers_from
