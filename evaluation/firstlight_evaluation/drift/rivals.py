"""river's Page-Hinkley test and ADWIN over each event's distance to what came before, as detectors to compare with.

Knows nothing of thresholds.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from river.drift import ADWIN, PageHinkley

from firstlight_encoder.profile.horizon import SHORT

_LEAST = 3


def distances(rows: NDArray[np.int64], vectors: NDArray[np.float32], centre: NDArray[np.float32]) -> list[float]:
    """1 - cosine of each event but the first to the faded mean of those before it, both less ``centre``."""
    own = (vectors[rows] - centre).astype(np.float64)
    own /= np.linalg.norm(own, axis=1, keepdims=True) + 1e-9
    found: list[float] = []
    for place in range(1, len(rows)):
        mean = SHORT.fade(np.zeros(place)) @ own[:place]
        found.append(float(1 - own[place] @ mean / (np.linalg.norm(mean) + 1e-9)))
    return found


def page_hinkley(*, delta: float = 0.02) -> Callable[[list[float]], float]:
    """How far the test statistic of Page-Hinkley (Page, 1954) has risen at the last of some distances."""

    def statistic(stream: list[float]) -> float:
        test: Any = PageHinkley(min_instances=_LEAST, delta=delta, threshold=float("inf"), alpha=1.0, mode="up")
        for value in stream:
            test.update(value)
        return float(test._sum_increase - test._min_increase)

    return statistic


def adwin(
    deltas: tuple[float, ...] = (0.002, 0.01, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9),
) -> Callable[[list[float]], float]:
    """How sure ADWIN (Bifet and Gavalda, 2007) is that some distances shifted: 1 - the least delta that fires."""
    detector: Any = ADWIN  # has no types

    def sure(stream: list[float]) -> float:
        for delta in deltas:
            window = detector(delta=delta, clock=1, min_window_length=_LEAST, grace_period=_LEAST)
            fired = False
            for value in stream:
                window.update(value)
                fired = fired or window.drift_detected
            if fired:
                return 1 - delta
        return 0.0

    return sure
