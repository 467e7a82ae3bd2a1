"""How much to trust the tower and the prior, by how much is known.

The query is ``[s_n * u ; lambda_n]``: both factors come from a table with one row for each bucket of the number of
events, once without and once with declarations. Knows nothing of how the table was fitted.
"""

from bisect import bisect_right

import numpy as np
from numpy.typing import NDArray

BUCKET_EDGES = (1, 2, 3, 4, 6, 11)
"""Lower edges of the buckets after the first: 0, 1, 2, 3, 4-5, 6-10 and 11 or more events."""

BUCKETS = 2 * (len(BUCKET_EDGES) + 1)
"""Rows of a calibration table."""


def bucket(event_counts: NDArray[np.int64], declared_counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rows of the calibration table, ``(b,)`` int64, for ``(b,)`` counts of events and of names wanted."""
    by_events = np.searchsorted(np.asarray(BUCKET_EDGES), event_counts, side="right")
    return (by_events + (declared_counts > 0) * (len(BUCKET_EDGES) + 1)).astype(np.int64)


def bucket_of(event_count: int, declared_count: int) -> int:
    """``bucket`` of a single user, without the price of arrays."""
    return bisect_right(BUCKET_EDGES, event_count) + (declared_count > 0) * (len(BUCKET_EDGES) + 1)
