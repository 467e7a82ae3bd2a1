"""How long several things take, measured in turns so that a busy machine is equally unfair to all.

Processor time of this process, not the clock's: what others do meanwhile does not count. Knows nothing of the work.
"""

import time
from collections.abc import Callable, Mapping

import numpy as np

ROUNDS = 9
"""Turns that everything gets; the median of them is taken."""

CALLS = 32
"""Calls a turn."""


def median_milliseconds(
    calls: Mapping[str, Callable[[int], object]], *, rounds: int = ROUNDS, count: int = CALLS
) -> dict[str, float]:
    """Milliseconds a call of each of ``calls``, which are told the call's number; the first turn warms up."""
    turns: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(rounds + 1):
        for name, call in calls.items():
            begun = time.process_time()
            for number in range(count):
                call(number)
            turns[name].append(1e3 * (time.process_time() - begun) / count)
    return {name: float(np.median(own[1:])) for name, own in turns.items()}
