"""Reads a Parquet table of a verified snapshot against the columns that it must have, and says what is wrong."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl
from polars.exceptions import PolarsError

from firstlight_store.errors import ItemTableInvalid


def read_table(
    path: Path, columns: Mapping[str, pl.DataType], *, required: Sequence[str], count: int | None
) -> pl.DataFrame:
    """Return `columns` of a Parquet file; those in `required` hold no null, and there are `count` rows unless None.

    Raises:
        ItemTableInvalid: the file breaks one of these; the message names the column.
    """
    try:
        schema = pl.read_parquet_schema(path)
        _require_columns(path, schema, columns)
        frame = pl.read_parquet(path, columns=list(columns))
    except (PolarsError, OSError) as error:
        raise ItemTableInvalid(f"{path} cannot be read as Parquet ({error}); rebuild the snapshot") from error
    if count is not None and frame.height != count:
        raise ItemTableInvalid(f"{path} has {frame.height} rows, the manifest says {count}; rebuild the snapshot")
    for name in required:
        if nulls := frame[name].null_count():
            raise ItemTableInvalid(f"{path}, column {name!r}: {nulls} rows are null; rebuild the snapshot")
    return frame


def _require_columns(path: Path, schema: Mapping[str, pl.DataType], columns: Mapping[str, pl.DataType]) -> None:
    for name, expected in columns.items():
        if name not in schema:
            raise ItemTableInvalid(f"{path} has no column {name!r}; it has {', '.join(schema)}; rebuild the snapshot")
        if schema[name] != expected:
            raise ItemTableInvalid(f"{path}, column {name!r} is {schema[name]}, not {expected}; rebuild the snapshot")
