"""The columns every raw table carries beside the shop's own: where a row came from and why it cannot be read."""

import polars as pl

FILE = "__file"
"""Index of the file in `RawTable.files` (UInt32)."""
ROW = "__row"
"""1-based line of the file (CSV, JSON Lines; the header is line 1) or row (Parquet) (Int64)."""
FAULT = "__fault"
"""Why the row cannot be read; null for a readable row."""
LINE = "__line"
"""The text of an unreadable line; null otherwise."""

ROW_SCHEMA: dict[str, pl.DataType] = {FILE: pl.UInt32(), ROW: pl.Int64(), FAULT: pl.String(), LINE: pl.String()}

LONGEST_LINE_KEPT = 2_000
"""Characters of an unreadable line that are kept."""


def text_schema(columns: tuple[str, ...]) -> dict[str, pl.DataType]:
    """Return the schema of a block read from text: `columns` as strings, then the row columns."""
    return {**{column: pl.String() for column in columns}, **ROW_SCHEMA}


def unreadable(faults: list[tuple[int, str, str]], *, file_index: int, columns: tuple[str, ...]) -> pl.DataFrame:
    """Build the block of the lines in `faults`: (line number, fault, text)."""
    return pl.DataFrame(
        {
            **{column: [None] * len(faults) for column in columns},
            FILE: [file_index] * len(faults),
            ROW: [row for row, _, _ in faults],
            FAULT: [fault for _, fault, _ in faults],
            LINE: [line[:LONGEST_LINE_KEPT] for _, _, line in faults],
        },
        schema=text_schema(columns),
    )
