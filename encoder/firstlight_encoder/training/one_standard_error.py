"""The one-standard-error rule (Breiman et al. 1984): which options are not clearly worse than the best.

Knows nothing of what the options are.
"""

import numpy as np
from numpy.typing import NDArray


def as_good_as_best(
    quality: NDArray[np.float64], weights: NDArray[np.float64], owners: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """``(options,)`` bool: whose mean loss against the best option is within one standard error of it.

    Args:
        quality: ``(c, options)``, of every case under every option; higher is better.
        weights: ``(c,)``, at least 0, not all 0.
        owners: ``(c,)`` from 0, whose case it is: cases of one user err together, so errors are summed by user.
    """
    loss = quality[:, [int(np.argmax(weights @ quality))]] - quality
    mean = weights @ loss / weights.sum()
    by_user = np.zeros((int(owners.max()) + 1, quality.shape[1]))
    np.add.at(by_user, owners, weights[:, None] * (loss - mean))
    error = np.sqrt((by_user**2).sum(0)) / weights.sum()
    as_good: NDArray[np.bool_] = mean <= error
    return as_good
