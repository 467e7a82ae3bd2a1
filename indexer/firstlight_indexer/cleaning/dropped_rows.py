"""The shape of dropped rows, from whichever table: where each came from, why it was dropped and what it held."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from firstlight_indexer.reading import FAULT, FILE, LINE, ROW

REASON = "__reason"
"""Column of the reason a row is dropped for; null for a kept row."""

RAW_PREFIX = "__raw_"
"""Before the contract's name: what the shop wrote there."""

QUARANTINE_SCHEMA = pl.Schema(
    {
        "table": pl.String,
        "file": pl.String,
        "row": pl.Int64,
        "reason": pl.String,
        "fault": pl.String,  # what exactly is wrong, where there is more to say than the reason
        "values": pl.String,  # JSON object: the contract's columns as the shop wrote them, or {"line": ...}
    }
)


def raw_text(name: str, kind: pl.DataType) -> pl.Expr:
    """Return what the shop wrote in contract column `name`, as text."""
    column = pl.col(name)
    if isinstance(kind, pl.Struct | pl.List):
        # Only structs can be encoded; what is left of {"name":[...]} is the list itself.
        column = pl.struct(column).struct.json_encode().str.strip_prefix(f'{{"{name}":').str.strip_suffix("}")
    return column.cast(pl.String).alias(RAW_PREFIX + name)


def quarantined(rows: pl.LazyFrame, *, table: str, files: Sequence[Path], values: Sequence[str]) -> pl.LazyFrame:
    """Bring dropped rows into the quarantine's schema.

    Args:
        rows: Columns FILE, ROW, REASON, FAULT, LINE and `values`.
        table: Their table.
        files: The table's files.
        values: The columns that hold what the shop wrote.
    """
    names = pl.DataFrame(
        {FILE: range(len(files)), "file": [path.name for path in files]}, schema={FILE: pl.UInt32, "file": pl.String}
    )
    written = pl.struct(pl.col(name).cast(pl.String).alias(name.removeprefix(RAW_PREFIX)) for name in values)
    line = pl.struct(pl.col(LINE).alias("line"))
    return rows.join(names.lazy(), on=FILE, how="left", maintain_order="left").select(
        pl.lit(table).alias("table"),
        "file",
        pl.col(ROW).alias("row"),
        pl.col(REASON).alias("reason"),
        pl.col(FAULT).alias("fault"),
        pl.when(pl.col(LINE).is_not_null())
        .then(line.struct.json_encode())
        .otherwise(written.struct.json_encode())
        .alias("values"),
    )
