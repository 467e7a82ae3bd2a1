"""Category paths, root first, from text such as 'Food > Tea' or from lists. It does not know a taxonomy."""

import json
from typing import cast

import polars as pl

from firstlight_indexer.cleaning.text import has_word, tidy


def categories(column: pl.Series, *, separator: str) -> pl.Series:
    """Return `column` (text, JSON text or lists) as tidied List(String) paths; an unknown category is an empty one."""
    index = pl.DataFrame({"path": column}).with_row_index("row")
    if column.dtype == pl.String:
        # A catalogue has few different paths: split each once.
        texts = column.unique().drop_nulls()
        paths = pl.DataFrame(
            {"path": texts, "levels": [_split(text, separator) for text in texts]}, schema_overrides=_LEVELS
        )
        index = index.join(paths, on="path", how="left", maintain_order="left").select("row", "levels")
    elif isinstance(column.dtype, pl.List):
        index = index.select("row", pl.col("path").cast(pl.List(pl.String)).alias("levels"))
    else:
        index = index.select("row", pl.concat_list(pl.col("path").cast(pl.String)).alias("levels"))
    return _tidied(index)


_LEVELS: dict[str, pl.DataType] = {"levels": pl.List(pl.String)}


def _tidied(index: pl.DataFrame) -> pl.Series:
    """Tidy every level once, in `index` of (row, levels), and drop levels without a word."""
    levels = index.explode("levels", empty_as_null=True, keep_nulls=True).with_columns(tidy(pl.col("levels")))
    paths = levels.filter(has_word(pl.col("levels"))).group_by("row", maintain_order=True).agg("levels")
    joined = index.select("row").join(paths, on="row", how="left", maintain_order="left")
    return joined["levels"].fill_null(pl.Series([[]], dtype=pl.List(pl.String))).alias("category")


def _split(text: str, separator: str) -> list[str]:
    if text.startswith("["):
        try:
            parsed: object = json.loads(text)
        except ValueError:
            parsed = None
        if isinstance(parsed, list):
            return [str(level) for level in cast("list[object]", parsed) if level is not None]
    return text.split(separator)
