"""The rows that carry each attribute value, so that a condition costs as much as it matches."""

from collections.abc import Iterable
from typing import Self

import numpy as np
import polars as pl
from numpy.typing import NDArray


class AttributeRows:
    """For every (key, value) of a catalogue the rows that carry it. Compared as written."""

    def __init__(self, rows: dict[str, dict[str, NDArray[np.int32]]], *, count: int) -> None:
        self._rows = rows
        self._count = count

    @classmethod
    def build(cls, attributes: pl.Series) -> Self:
        """Take the column `attributes`, List(Struct{key, value}), one entry a row."""
        pairs = (
            pl.DataFrame({"row": pl.Series(range(len(attributes)), dtype=pl.Int32), "attribute": attributes})
            .explode("attribute", empty_as_null=True)
            .drop_nulls("attribute")
            .unnest("attribute")
            .sort("key", "value", "row")
        )
        # Split at once: to take the groups one by one costs a hundred times as much.
        counts = pairs.group_by("key", "value", maintain_order=True).len()
        parts = np.split(pairs["row"].to_numpy(), np.cumsum(counts["len"].to_numpy())[:-1])
        rows: dict[str, dict[str, NDArray[np.int32]]] = {}
        for (key, value), part in zip(counts.select("key", "value").iter_rows(), parts, strict=False):
            rows.setdefault(str(key), {})[str(value)] = part
        return cls(rows, count=len(attributes))

    def knows_key(self, key: str) -> bool:
        """Whether any item carries the attribute."""
        return key in self._rows

    def knows(self, key: str, value: str) -> bool:
        """Whether any item carries the value under the attribute."""
        return value in self._rows.get(key, {})

    def mask(self, key: str, values: Iterable[str]) -> NDArray[np.bool_]:
        """Return (n,) bool: the rows that carry any of `values` under `key`."""
        mask = np.zeros(self._count, dtype=np.bool_)
        by_value = self._rows.get(key, {})
        for value in values:
            if value in by_value:
                mask[by_value[value]] = True
        return mask
