"""The rows that carry each attribute value, so that a condition costs as much as it matches.

The arrays may be mapped files.
"""

from collections.abc import Iterable

import numpy as np
import polars as pl
from numpy.typing import NDArray

from firstlight_store.text_column import TextColumn
from firstlight_store.text_rows import TextRows


class AttributeRows:
    """For every (key, value) of a catalogue the rows that carry it. Compared as written; threads may share it."""

    def __init__(self, pairs: TextRows, *, count: int) -> None:
        """Take what `of` makes of ``count`` items: rows by pair, as `_name` writes it."""
        self.pairs = pairs
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
        named = TextColumn.of([names[place] for place in order])
        return cls(TextRows(named, starts, rows), count=len(attributes))

    def knows_key(self, key: str) -> bool:
        """Whether any item carries the attribute."""
        return self.pairs.has_prefix(_name(key, ""))

    def knows(self, key: str, value: str) -> bool:
        """Whether any item carries the value under the attribute."""
        return len(self.pairs.of(_name(key, value))) > 0

    def mask(self, key: str, values: Iterable[str]) -> NDArray[np.bool_]:
        """Return (n,) bool: the rows that carry any of `values` under `key`."""
        mask = np.zeros(self._count, dtype=np.bool_)
        for value in values:
            mask[self.pairs.of(_name(key, value))] = True
        return mask

    def of_row(self, row: int) -> tuple[tuple[str, str], ...]:
        """The pairs of one row, in order; looks through those of all rows."""
        places = np.searchsorted(self.pairs.starts, np.flatnonzero(self.pairs.rows == row), side="right") - 1
        return tuple(sorted(_pair(self.pairs.texts[int(place)]) for place in places))


def _pair(name: str) -> tuple[str, str]:
    """What `_name` wrote."""
    length, _, rest = name.partition(":")
    return rest[: int(length)], rest[int(length) :]


def _name(key: str, value: str) -> str:
    """A pair in one text; the length of the key keeps apart what would else be written alike."""
    return f"{len(key)}:{key}{value}"
