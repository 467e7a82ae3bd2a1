"""The cases of a curve in the order in which files number them, and the key by which a case is found again.

Knows nothing of files or models.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from firstlight_encoder.cases import Case
from firstlight_evaluation.points import Point


@dataclass(frozen=True)
class CaseKey:
    """What tells a case from every other of its curve: the point and the user."""

    k: int
    declared: bool
    user: int

    @classmethod
    def of(cls, case: Case) -> "CaseKey":
        """The key of ``case``."""
        return cls(len(case.history), bool(case.declared), case.user)

    @property
    def point(self) -> Point:
        """Where on the curve the case stands."""
        return Point(self.k, self.declared)


@dataclass(frozen=True)
class NumberedCase:
    """A case and its number in the files."""

    number: int
    key: CaseKey
    case: Case


def numbered(cases: Mapping[Point, Sequence[Case]]) -> list[NumberedCase]:
    """The cases of every point one after another, numbered from 0."""
    ordered = [case for own in cases.values() for case in own]
    return [NumberedCase(number, CaseKey.of(case), case) for number, case in enumerate(ordered)]
