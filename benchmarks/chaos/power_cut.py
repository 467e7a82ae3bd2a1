"""R2: the power is cut at every step of a publisher, and only fsynced bytes and entries survive."""

from benchmarks.chaos.dying_publisher import killed_publishers
from benchmarks.chaos.fault import Outcome

CUTS_A_KILL = 4


class PowerCut:
    """After each cut the old or the new snapshot is served whole, and the next publisher clears the rest."""

    id = "R2"
    title = "power cut at every step: only what was fsynced survives"
    rounds = 2_200

    def run(self, rounds: int, seed: int) -> Outcome:
        """As many cuts as ``rounds``; the seed decides what of the rest survives."""
        return killed_publishers(rounds, seed, power_cuts=CUTS_A_KILL)
