"""The rows that carry each attribute value, so that a condition costs as much as it matches.

The arrays may be mapped files.
"""

from bisect import bisect_left
from collections.abc import Iterable

import numpy as np
import polars as pl
from numpy.typing import NDArray

from firstlight_store.text_column import TextColumn


class AttributeRows:
    """For every (key, value) of a catalogue the rows that carry it. Compared as written; threads may share it.

    Attributes:
        names: distinct pairs as `_name` writes them, in order.
        starts: ``(p + 1,)`` int64, where each one's rows begin and the last one's end.
        rows: ``(r,)`` int32, one pair's after another's; each one's ascend.
    """

    def __init__(self, names: TextColumn, starts: NDArray[np.int64], rows: NDArray[np.int32], *, count: int) -> None:
        """Takes what `of` makes of ``count`` items.

        Raises:
            ValueError: the starts do not rise from 0 to the number of rows, one for each pair.
        """
        ordered = len(starts) == len(names) + 1 and starts[0] == 0 and starts[-1] == len(rows)
        if not ordered or (starts[1:] < starts[:-1]).any():
            raise ValueError("the starts of the attributes' rows do not rise from 0 to their number")
        self.names, self.starts, self.rows = names, starts, rows
        self._count = count

    @classmethod
    def of(cls, attributes: pl.Series) -> "AttributeRows":
        """Take the column `attributes`, List(Struct{key, value}), one entry a row."""
        pairs = (
            pl.DataFrame({"row": pl.Series(range(len(attributes)), dtype=pl.Int32), "attribute": attributes})
            .explode("attribute", empty_as_null=True)
            .drop_nulls("attribute")
            .unnest("attribute")
            .sort("key", "value", "row")
        )
        counts = pairs.group_by("key", "value", maintain_order=True).len()
        # Split at once: to take the groups one by one costs a hundred times as much.
        parts = np.split(pairs["row"].to_numpy(), np.cumsum(counts["len"].to_numpy())[:-1])
        names = [_name(key, value) for key, value in counts.select("key", "value").iter_rows()]
        order = sorted(range(len(names)), key=names.__getitem__)
        starts = np.cumsum([0, *(len(parts[place]) for place in order)], dtype=np.int64)
        rows = np.concatenate([np.zeros(0, np.int32), *(parts[place] for place in order)])
        return cls(TextColumn.of([names[place] for place in order]), starts, rows, count=len(attributes))

    def knows_key(self, key: str) -> bool:
        """Whether any item carries the attribute."""
        place = bisect_left(self.names, _name(key, ""))
        return place < len(self.names) and self.names[place].startswith(_name(key, ""))

    def knows(self, key: str, value: str) -> bool:
        """Whether any item carries the value under the attribute."""
        return len(self._of(key, value)) > 0

    def mask(self, key: str, values: Iterable[str]) -> NDArray[np.bool_]:
        """Return (n,) bool: the rows that carry any of `values` under `key`."""
        mask = np.zeros(self._count, dtype=np.bool_)
        for value in values:
            mask[self._of(key, value)] = True
        return mask

    def _of(self, key: str, value: str) -> NDArray[np.int32]:
        name = _name(key, value)
        place = bisect_left(self.names, name)
        if place == len(self.names) or self.names[place] != name:
            return self.rows[:0]
        return self.rows[int(self.starts[place]) : int(self.starts[place + 1])]


def _name(key: str, value: str) -> str:
    """A pair in one text; the length of the key keeps apart what would else be written alike."""
    return f"{len(key)}:{key}{value}"
