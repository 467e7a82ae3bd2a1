"""The row of planted bugs. Knows nothing of the bugs."""

from typing import Final

from benchmarks.chaos.fault import Fault
from benchmarks.chaos.planted_bugs import PlantedBugs

FAULTS: Final[tuple[Fault, ...]] = (PlantedBugs(),)
