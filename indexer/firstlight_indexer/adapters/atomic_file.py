"""Reads RecBole's "atomic" files: tab-separated, a header of name:type, no quoting. It knows no data set."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from firstlight_indexer.errors import AdapterError


def read_atomic(path: Path, columns: Sequence[str]) -> pl.DataFrame:
    """Return `columns` of the file at `path` as text, named as asked, without their types.

    Raises:
        AdapterError: There is no such file, it is not text in UTF-8, or it lacks a column.
    """
    try:
        rows = pl.read_csv(path, separator="\t", quote_char=None, infer_schema=False)
    except FileNotFoundError as error:
        raise AdapterError(f"{path}: there is no such file; the folder must hold {path.name}") from error
    except pl.exceptions.PolarsError as error:
        raise AdapterError(f"{path}: not a tab-separated file of RecBole's kind: {error}") from error
    named = rows.rename(lambda name: name.partition(":")[0])
    missing = [name for name in columns if name not in named.columns]
    if missing:
        there = ", ".join(named.columns)
        raise AdapterError(f"{path}: column {missing[0]!r} is missing among {there}; give the data set's own file")
    return named.select(columns)
