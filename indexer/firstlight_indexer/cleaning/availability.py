"""Yes and no, whatever way they were written."""

import polars as pl

YES = ("true", "t", "1", "1.0", "yes", "y", "in stock", "in_stock", "available", "active")
NO = (
    "false",
    "f",
    "0",
    "0.0",
    "no",
    "n",
    "out of stock",
    "out_of_stock",
    "unavailable",
    "inactive",
    "discontinued",
    "sold out",
)


def availability(name: str, kind: pl.DataType) -> pl.Expr:
    """Return column `name` of type `kind` as Boolean; null where it is absent or neither yes nor no."""
    if kind == pl.Boolean:
        return pl.col(name)
    text = pl.col(name).cast(pl.String).str.strip_chars().str.to_lowercase()
    return pl.when(text.is_in(YES)).then(pl.lit(value=True)).when(text.is_in(NO)).then(pl.lit(value=False))
