"""The rows of publishing, swapping and answering, each for a few rounds. `make chaos` runs them at their full size."""

import pytest

from benchmarks.chaos.bad_publication import KINDS
from benchmarks.chaos.fault import Fault
from benchmarks.chaos.faults import all_faults

# Steps of all but publishing, which the tests of the store sweep, and every kind. I4 and R6 have tests of their own
# beside what they are about; H1 and H2 need a quiet machine.
ROUNDS = {"R1": 25, "R2": 40, "R4": 32, "R5": 30, "H3": len(KINDS), "I1": 150}
SMALL = [fault for fault in all_faults() if fault.id in ROUNDS]


@pytest.mark.parametrize("fault", SMALL, ids=[f"{fault.id}: {fault.title}" for fault in SMALL])
def test_no_round_fails(fault: Fault) -> None:
    outcome = fault.run(ROUNDS[fault.id], seed=1)
    assert outcome.passed, outcome.failures
    assert outcome.rounds >= ROUNDS[fault.id]
