"""Ids and other short codes as text. It does not know which ids exist."""

import polars as pl

NO_VALUE = ("", "nan", "null", "none", "n/a", "<na>", "\\n")
"""What other tools write for nothing, in lower case."""


def identifier(name: str, kind: pl.DataType) -> pl.Expr:
    """Return column `name` of type `kind` as trimmed text, null where there is nothing.

    Whole numbers that a tool stored as floats (17850.0, for want of a null integer) lose their point again.
    """
    column = pl.col(name)
    if kind.is_float():
        whole = column.cast(pl.Int64, strict=False)
        text = pl.when(whole.cast(kind) == column).then(whole.cast(pl.String)).otherwise(column.cast(pl.String))
        return _or_null(text)
    return _or_null(column.cast(pl.String))


def _or_null(text: pl.Expr) -> pl.Expr:
    trimmed = text.str.strip_chars()
    return (
        pl.when(trimmed.str.len_bytes() > 4)
        .then(trimmed)
        .when(~trimmed.str.to_lowercase().is_in(NO_VALUE))
        .then(trimmed)
    )
