"""What a fault is, and what became of it. Knows nothing of which faults there are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What was seen over all rounds.

    Attributes:
        rounds: how many were run.
        failures: what was not as promised, in words; none means passed.
        figures: what was measured, by a name with its unit.
        detail: what else there is to say, in words.
    """

    rounds: int
    failures: Sequence[str] = ()
    figures: Mapping[str, float] = field(default_factory=dict[str, float])
    detail: str = ""

    @property
    def passed(self) -> bool:
        """Whether everything was as promised."""
        return not self.failures


class Fault(Protocol):
    """One row of the fault table.

    Attributes:
        id: as in the table, such as "H6".
        title: what is done, in a few words.
        rounds: how many make a nightly run; the title says what a round is.
    """

    @property
    def id(self) -> str:
        """The row's id."""
        ...

    @property
    def title(self) -> str:
        """What is done."""
        ...

    @property
    def rounds(self) -> int:
        """The nightly number of rounds."""
        ...

    def run(self, rounds: int, seed: int) -> Outcome:
        """Does it ``rounds`` times; ``seed`` decides whatever is left to chance."""
        ...


def unmet(**promises: tuple[bool, str]) -> tuple[str, ...]:
    """The words of the promises that were not kept, each given as ``name=(kept, words)``."""
    return tuple(f"{name.replace('_', ' ')}: {words}" for name, (kept, words) in promises.items() if not kept)
