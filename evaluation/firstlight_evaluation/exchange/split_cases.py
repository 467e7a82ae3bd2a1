"""The validation and test cases of a domain, numbered, as both sides of the exchange must agree on them.

Knows nothing of files.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from firstlight_encoder.cases import Case
from firstlight_evaluation.curve import curve_cases
from firstlight_evaluation.exchange.fingerprint import exchange_fingerprint
from firstlight_evaluation.exchange.numbered_cases import NumberedCase, numbered
from firstlight_evaluation.lineup import CASES_PER_TUNING_POINT, TUNING_POINTS
from firstlight_evaluation.material import Material
from firstlight_evaluation.points import Point


@dataclass(frozen=True)
class SplitCases:
    """The cases of ``material``.

    Attributes:
        material: the domain.
    """

    material: Material

    @cached_property
    def validation(self) -> list[NumberedCase]:
        """What a model may be tuned on; every point of the curve."""
        return numbered(self._validation_by_point)

    @cached_property
    def test(self) -> list[NumberedCase]:
        """What a model is judged on; exactly the cases of the curve."""
        return numbered(curve_cases(self.material.split.test, labels=self.material.labels))

    @cached_property
    def tuning(self) -> set[int]:
        """The numbers of the validation cases that the baselines of ``lineup.py`` are tuned on."""
        first: dict[Point, int] = {}
        for one in self.validation:
            first.setdefault(one.key.point, one.number)
        return {
            one.number
            for one in self.validation
            if one.key.point in TUNING_POINTS and one.number - first[one.key.point] < CASES_PER_TUNING_POINT
        }

    @cached_property
    def fingerprint(self) -> str:
        """Of the training log and all cases."""
        return exchange_fingerprint(self.material.split.train, self.validation, self.test)

    @cached_property
    def _validation_by_point(self) -> Mapping[Point, Sequence[Case]]:
        return curve_cases(self.material.split.validation, labels=self.material.labels)
