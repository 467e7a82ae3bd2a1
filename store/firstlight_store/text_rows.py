"""For every one of some texts the rows that go with it, found by bisection.

The arrays may be mapped files. Knows nothing of what the texts are, or the rows.
"""

from bisect import bisect_left

import numpy as np
from numpy.typing import NDArray

from firstlight_store.text_column import TextColumn


class TextRows:
    """Immutable, so threads may share it.

    Attributes:
        texts: distinct texts, in order.
        starts: ``(t + 1,)`` int64, where each one's rows begin and the last one's end.
        rows: ``(r,)`` int32, one text's after another's; each one's ascend.
    """

    def __init__(self, texts: TextColumn, starts: NDArray[np.int64], rows: NDArray[np.int32]) -> None:
        """Takes columns as they were stored.

        Raises:
            ValueError: the starts do not rise from 0 to the number of rows, one for each text.
        """
        ordered = len(starts) == len(texts) + 1 and starts[0] == 0 and starts[-1] == len(rows)
        if not ordered or (starts[1:] < starts[:-1]).any():
            raise ValueError("the starts of the texts' rows do not rise from 0 to their number")
        self.texts, self.starts, self.rows = texts, starts, rows

    def of(self, text: str) -> NDArray[np.int32]:
        """Return the rows of a text, ascending; none where it is not known."""
        place = bisect_left(self.texts, text)
        if place == len(self.texts) or self.texts[place] != text:
            return self.rows[:0]
        return self.rows[int(self.starts[place]) : int(self.starts[place + 1])]

    def has_prefix(self, prefix: str) -> bool:
        """Whether any text begins so."""
        place = bisect_left(self.texts, prefix)
        return place < len(self.texts) and self.texts[place].startswith(prefix)
