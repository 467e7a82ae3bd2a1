"""R3: events that are recorded while servers die, on either database. Knows nothing of how that is done."""

from typing import Final

from benchmarks.chaos.fault import Fault
from benchmarks.chaos.killed_recorder import KilledRecorder

FAULTS: Final[tuple[Fault, ...]] = (KilledRecorder("sqlite"), KilledRecorder("postgresql"))
