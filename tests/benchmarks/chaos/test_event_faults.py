"""R3, R7 and R8 for a kill or two. `make chaos-events` does them at their full size."""

import pytest

from benchmarks.chaos.fault import Fault
from benchmarks.chaos.killed_changer import KilledChanger
from benchmarks.chaos.killed_learner import KilledLearner
from benchmarks.chaos.killed_recorder import KilledRecorder
from tests.postgresql import PostgreSQLMissing


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_what_a_killed_server_acknowledged_is_stored_once(database: str) -> None:
    try:
        outcome = KilledRecorder(database, events=200).run(1, seed=1)
    except PostgreSQLMissing as missing:
        pytest.skip(str(missing))
    assert outcome.passed, outcome.failures
    assert outcome.figures["acknowledged"] >= 400


@pytest.mark.parametrize(
    "fault",
    [
        KilledChanger("sqlite", workers=1, calls=4),
        KilledLearner("sqlite", workers=1, purchases=8, settled_s=1.2),
    ],
    ids=["changes of the catalogue", "what arms learn"],
)
def test_what_else_a_server_keeps_survives_a_kill(fault: Fault) -> None:
    outcome = fault.run(1, seed=1)
    assert outcome.passed, outcome.failures
    assert outcome.rounds == 1
