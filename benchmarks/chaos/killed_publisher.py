"""R1: the publisher is killed at every write, fsync and rename. Knows nothing of how that is done."""

from benchmarks.chaos.dying_publisher import killed_publishers
from benchmarks.chaos.fault import Outcome


class KilledPublisher:
    """After each kill the old or the new snapshot is served whole, and the next publisher clears the rest."""

    id = "R1"
    title = "SIGKILL at every write, fsync and rename of a publisher"
    rounds = 1_100

    def run(self, rounds: int, seed: int) -> Outcome:
        """As many kills as ``rounds``."""
        return killed_publishers(rounds, seed, power_cuts=0)
