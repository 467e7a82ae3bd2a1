"""R8: arms that learn while servers die, on either database. Knows nothing of how that is done."""

from typing import Final

from benchmarks.chaos.fault import Fault
from benchmarks.chaos.killed_learner import KilledLearner

FAULTS: Final[tuple[Fault, ...]] = (KilledLearner("sqlite"), KilledLearner("postgresql"))
