"""R3: events that are recorded while servers or workers die, on either database. Knows nothing of how that is done."""

from typing import Final

from benchmarks.chaos.fault import Fault
from benchmarks.chaos.killed_recorder import KilledRecorder

WORKERS: Final = 3
FAULTS: Final[tuple[Fault, ...]] = tuple(
    KilledRecorder(database, workers) for database in ("sqlite", "postgresql") for workers in (1, WORKERS)
)
