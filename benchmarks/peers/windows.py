"""Training sequences cut into windows that a sequence model can hold.

A sequence model keeps only a user's last events; on groceries that would throw most of the log away. Knows nothing of
the model.
"""

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.exchange import TrainingLog


def windows(log: TrainingLog, *, length: int) -> NDArray[np.int64]:
    """``(e,)`` int64, non-falling: which window every event is in, each of one user's next ``length`` events."""
    starts = np.searchsorted(log.users, log.users)
    within = (np.arange(len(log.users)) - starts) // length
    changed = (np.diff(log.users, prepend=log.users[:1]) != 0) | (np.diff(within, prepend=within[:1]) != 0)
    return np.cumsum(changed)
