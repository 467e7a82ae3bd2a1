"""R7: items that are changed while servers die, on either database. Knows nothing of how that is done."""

from typing import Final

from benchmarks.chaos.fault import Fault
from benchmarks.chaos.killed_changer import KilledChanger

FAULTS: Final[tuple[Fault, ...]] = (KilledChanger("sqlite"), KilledChanger("postgresql"))
