"""What a fault is to those who inject it: a row of the table, run for some rounds from a seed."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Outcome:
    """What became of the rounds.

    Attributes:
        passed: Rounds that met the expectation.
        failed: Rounds that did not.
        detail: Figures and the first failures, for people.
    """

    passed: int
    failed: int
    detail: str


class Fault(Protocol):
    """One row of the table."""

    @property
    def id(self) -> str:
        """The row, such as "R1"."""
        ...

    @property
    def title(self) -> str:
        """The fault, in words."""
        ...

    def run(self, rounds: int, seed: int) -> Outcome:
        """Inject it so many times; the same seed injects the same faults."""
        ...
