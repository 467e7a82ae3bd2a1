"""Opens one Parquet file lazily with its rows numbered. Types stay as the file has them."""

from pathlib import Path

import polars as pl

from firstlight_indexer.errors import SourceFileError
from firstlight_indexer.reading.row_columns import FAULT, FILE, LINE, ROW


def parquet_columns(path: Path) -> tuple[str, ...]:
    """Return the column names.

    Raises:
        SourceFileError: The footer is damaged.
    """
    try:
        return tuple(pl.read_parquet_schema(path))
    except (pl.exceptions.PolarsError, OSError) as error:
        raise SourceFileError(
            path, f"this Parquet file cannot be opened ({error})", way_out="Export it again"
        ) from error


def scan_parquet(path: Path, *, index: int, columns: tuple[str, ...]) -> pl.LazyFrame:
    """Open `columns` of the file, with the row columns beside them."""
    absent = pl.lit(None, dtype=pl.String)
    return pl.scan_parquet(path, glob=False, row_index_name=ROW, row_index_offset=1).select(
        *columns,
        pl.lit(index, dtype=pl.UInt32).alias(FILE),
        pl.col(ROW).cast(pl.Int64),
        absent.alias(FAULT),
        absent.alias(LINE),
    )
