"""The rows of publishing, swapping and answering, each for a few rounds. `make chaos` runs them at their full size."""

import pytest

from benchmarks.chaos.bad_publication import KINDS
from benchmarks.chaos.fault import Fault
from benchmarks.chaos.snapshot_faults import SNAPSHOT_FAULTS

# Steps of all but publishing, which the tests of the store sweep, and every kind. I4 and R6 have tests of their own
# beside what they are about; H1 and H2 need a quiet machine.
ROUNDS = {"R1": 25, "R2": 40, "R4": 32, "R5": 30, "H3": len(KINDS), "I1": 150}
SMALL = [fault for fault in SNAPSHOT_FAULTS if fault.id in ROUNDS]


@pytest.mark.parametrize("fault", SMALL, ids=[f"{fault.id}: {fault.title}" for fault in SMALL])
def test_no_round_fails(fault: Fault) -> None:
    outcome = fault.run(ROUNDS[fault.id], seed=1)
    assert outcome.failed == 0, outcome.detail
    assert outcome.passed >= ROUNDS[fault.id]


def test_every_row_has_a_name_of_its_own() -> None:
    assert len({fault.id for fault in SNAPSHOT_FAULTS}) == len(SNAPSHOT_FAULTS)
