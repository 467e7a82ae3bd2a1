"""R3 for a kill on either database. `make chaos-events` does it at its full size."""

import pytest

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
