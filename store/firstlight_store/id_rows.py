"""From an item's id to its row: checksums in order, to be looked up by bisection, in a tenth of a dictionary's memory.

The arrays may be mapped files. Knows nothing else of items.
"""

import zlib
from bisect import bisect_left

import numpy as np
from numpy.typing import NDArray

from firstlight_store.text_column import TextColumn


class IdRows:
    """Immutable, so threads may share it.

    Attributes:
        checksums: ``(n,)`` uint32, CRC-32 of the ids, ascending.
        rows: ``(n,)`` int32, whose each is.
    """

    def __init__(self, ids: TextColumn, checksums: NDArray[np.uint32], rows: NDArray[np.int32]) -> None:
        """Takes what `of` makes.

        Raises:
            ValueError: it is not of as many ids, not in order, or names a row that is none.
        """
        if not len(ids) == len(checksums) == len(rows) or (checksums[1:] < checksums[:-1]).any():
            raise ValueError("the ids' checksums are not one an id, in order")
        if len(rows) and not (rows.min() >= 0 and rows.max() < len(ids)):
            raise ValueError("the ids' rows are not those of items")
        self.checksums, self.rows = checksums, rows
        self._ids, self._checksums, self._rows = ids, checksums.data, rows.data

    @classmethod
    def of(cls, ids: TextColumn) -> "IdRows":
        """The look-up of ``ids``."""
        checksums = np.fromiter(map(_checksum, ids), np.uint32, len(ids))
        order = np.argsort(checksums, kind="stable").astype(np.int32)
        return cls(ids, checksums[order], order)

    def find(self, item_id: str) -> int | None:
        """The row of an id; None where there is none."""
        wanted = _checksum(item_id)
        place = bisect_left(self._checksums, wanted)
        while place < len(self._checksums) and self._checksums[place] == wanted:
            row = self._rows[place]
            if self._ids[row] == item_id:
                return row
            place += 1
        return None


def _checksum(item_id: str) -> int:
    return zlib.crc32(item_id.encode(errors="surrogatepass"))
