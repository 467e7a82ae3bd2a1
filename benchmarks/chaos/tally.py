"""Counts the rounds of a fault and keeps the first failures in words. Knows nothing of what is tried."""

from dataclasses import dataclass, field

from benchmarks.chaos.fault import Outcome

_SHOWN = 3


@dataclass
class Tally:
    """Rounds so far."""

    passed: int = 0
    failed: int = 0
    failures: list[str] = field(default_factory=list[str])

    def count(self, failure: str | None) -> None:
        """Counts one round: what went wrong, or None."""
        if failure is None:
            self.passed += 1
        else:
            self.failed += 1
            self.failures.append(failure)

    def outcome(self, detail: str) -> Outcome:
        """The outcome, with the first failures beside ``detail``."""
        return Outcome(rounds=self.passed + self.failed, failures=self.failures[:_SHOWN], detail=detail)
