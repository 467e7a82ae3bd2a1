"""Which category or brand each label vector stands for, so that a declared interest needs no text encoder."""

from pathlib import Path
from typing import Final, Literal, Self

import polars as pl

from firstlight_store.coded_names import folded
from firstlight_store.errors import ItemTableInvalid
from firstlight_store.table_file import read_table

LabelKind = Literal["category", "brand"]
_COLUMNS: Final[dict[str, pl.DataType]] = {"kind": pl.String(), "name": pl.String(), "row": pl.Int64()}


class LabelTable:
    """Rows of labels.safetensors by kind and name; case and runs of spaces do not matter."""

    def __init__(self, frame: pl.DataFrame, *, count: int) -> None:
        """Take columns kind, name, row; the rows point into `count` label vectors. Of equal names the first counts.

        Raises:
            ItemTableInvalid: a row is outside 0..count-1.
        """
        self._rows: dict[tuple[str, str], int] = {}
        for kind, name, row in frame.select("kind", "name", "row").iter_rows():
            if not 0 <= row < count:
                raise ItemTableInvalid(
                    f"labels.parquet, {kind} {name!r}: row {row} is not one of {count} label vectors"
                )
            self._rows.setdefault((kind, folded(name)), row)

    @classmethod
    def open(cls, path: Path, *, count: int) -> Self:
        """Read labels.parquet of a verified snapshot with `count` label vectors.

        Raises:
            ItemTableInvalid: a column is absent, null or of another type, or a row is out of range.
        """
        return cls(read_table(path, _COLUMNS, required=tuple(_COLUMNS), count=None), count=count)

    def row(self, kind: LabelKind, name: str) -> int | None:
        """Return the label's row, or None where the catalogue knows no such category or brand."""
        return self._rows.get((kind, folded(name)))
