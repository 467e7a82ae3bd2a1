"""Item attributes as (key, value) pairs, from JSON objects, structs or lists of pairs. It gives none a meaning."""

import json
from collections.abc import Mapping
from typing import cast

import polars as pl

from firstlight_indexer.cleaning.text import tidy
from firstlight_indexer.contract import ATTRIBUTES_TYPE

_PAIR_TYPES = {"row": pl.UInt32(), "key": pl.String(), "value": pl.String()}


def attributes(column: pl.Series) -> pl.Series:
    """Return `column` (JSON text, structs, or lists of key and value) as pairs sorted by key; nothing known = no pair.

    Of two values for one key the last is kept.
    """
    pairs = _listed(column) if column.dtype == ATTRIBUTES_TYPE else _written(column)
    known = (
        pairs.with_columns(tidy(pl.col("key")), tidy(pl.col("value")))
        .drop_nulls()
        .unique(["row", "key"], keep="last", maintain_order=True)
        .sort("row", "key")
    )
    grouped = known.group_by("row", maintain_order=True).agg(pl.struct("key", "value").alias("attributes"))
    rows = pl.DataFrame({"row": range(len(column))}, schema={"row": pl.UInt32})
    joined = rows.join(grouped, on="row", how="left", maintain_order="left")["attributes"]
    return joined.fill_null(pl.Series([[]], dtype=ATTRIBUTES_TYPE)).alias("attributes")


def _listed(column: pl.Series) -> pl.DataFrame:
    """Return row, key, value from lists of pairs."""
    rows = pl.DataFrame({"pairs": column}).with_row_index("row").explode("pairs", empty_as_null=True, keep_nulls=True)
    fields = [pl.col("pairs").struct.field(name).alias(name) for name in ("key", "value")]
    return rows.select(pl.col("row").cast(pl.UInt32), *fields)


def _written(column: pl.Series) -> pl.DataFrame:
    """Return row, key, value from JSON text or structs."""
    found = [(row, *pair) for row, value in enumerate(column.to_list()) for pair in _pairs(value)]
    return pl.DataFrame(found, schema=_PAIR_TYPES, orient="row")


def _pairs(value: object) -> list[tuple[str, str]]:
    if isinstance(value, str):
        value = _from_text(value)
    if isinstance(value, list):
        return [_entry(cast("Mapping[str, object]", part)) for part in cast("list[object]", value) if _is_object(part)]
    if isinstance(value, Mapping):
        return [(_word(key), _word(held)) for key, held in cast("Mapping[object, object]", value).items()]
    return []


def _is_object(value: object) -> bool:
    return isinstance(value, Mapping)


def _entry(pair: Mapping[str, object]) -> tuple[str, str]:
    return _word(pair.get("key")), _word(pair.get("value"))


def _from_text(text: str) -> object:
    """Read a JSON object or list; else 'key=value; key=value'."""
    try:
        return cast("object", json.loads(text))
    except ValueError:
        parts = [part.partition("=") for part in text.split(";") if "=" in part]
        return {key: value for key, _, value in parts}


def _word(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
