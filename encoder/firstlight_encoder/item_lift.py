"""Score that is added to some items and to no others. Knows nothing of what they are lifted for."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


def _no_rows() -> NDArray[np.int64]:
    return np.zeros(0, np.int64)


def _no_values() -> NDArray[np.float32]:
    return np.zeros(0, np.float32)


@dataclass(frozen=True)
class ItemLift:
    """Score units added to items; to none by default.

    Attributes:
        rows: ``(r,)`` int64 distinct catalogue rows, ascending; all others get nothing.
        values: ``(r,)`` float32.
    """

    rows: NDArray[np.int64] = field(default_factory=_no_rows)
    values: NDArray[np.float32] = field(default_factory=_no_values)

    def at(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """What ``rows`` ``(k,)`` get, ``(k,)`` float32."""
        if not len(self.rows):
            return np.zeros(len(rows), np.float32)
        place = np.minimum(self.rows.searchsorted(rows), len(self.rows) - 1)
        return np.where(self.rows[place] == rows, self.values[place], np.float32(0))
