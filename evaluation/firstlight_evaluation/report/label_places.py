"""Where labels go so that none covers another: as near to their lines as the least distance allows.

Knows nothing of plots.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def spread(heights: Sequence[float], *, distance: float, floor: float = -np.inf) -> NDArray[np.float64]:
    """Moves heights apart, keeping their order, with the least sum of squared moves.

    Isotonic regression on ``height - rank * distance`` by pooling adjacent violators.

    Args:
        heights: one a label, in any unit.
        distance: the least distance between neighbours, in the same unit.
        floor: no label goes below.

    Returns:
        ``(len(heights),)`` float64, in the order given.
    """
    order = np.argsort(heights, kind="stable")
    slots = np.arange(len(order)) * distance
    pools: list[tuple[float, int]] = []
    for wanted in (np.asarray(heights, np.float64)[order] - slots).tolist():
        total, size = wanted, 1
        while pools and pools[-1][0] / pools[-1][1] > total / size:
            earlier_total, earlier_size = pools.pop()
            total, size = total + earlier_total, size + earlier_size
        pools.append((total, size))
    placed = np.empty(len(order))
    placed[order] = np.repeat([max(total / size, floor) for total, size in pools], [size for _, size in pools]) + slots
    return placed
