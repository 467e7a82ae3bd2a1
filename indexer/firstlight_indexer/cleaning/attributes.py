"""Item attributes as (key, value) pairs, from JSON objects, structs or lists of pairs. It gives no attribute a meaning."""

import json
from collections.abc import Mapping
from typing import cast

import polars as pl

from firstlight_indexer.contract import ATTRIBUTES_TYPE

Pair = dict[str, str]


def attributes(column: pl.Series) -> pl.Series:
    """Return `column` (JSON text, structs, or lists of key and value) as pairs sorted by key; nothing known = no pair."""
    return pl.Series("attributes", [_pairs(value) for value in column.to_list()], dtype=ATTRIBUTES_TYPE)


def _pairs(value: object) -> list[Pair]:
    if isinstance(value, str):
        value = _from_text(value)
    if isinstance(value, Mapping):
        return _sorted(cast("Mapping[object, object]", value))
    if isinstance(value, list):
        found: dict[object, object] = {}
        for pair in cast("list[object]", value):
            if isinstance(pair, Mapping):
                entry = cast("Mapping[str, object]", pair)
                found[entry.get("key")] = entry.get("value")
        return _sorted(found)
    return []


def _from_text(text: str) -> object:
    """Read a JSON object or list; else 'key=value; key=value'."""
    try:
        return cast("object", json.loads(text))
    except ValueError:
        parts = [part.partition("=") for part in text.split(";") if "=" in part]
        return {key: value for key, _, value in parts}


def _sorted(pairs: Mapping[object, object]) -> list[Pair]:
    tidied = {_word(key): _word(value) for key, value in pairs.items()}
    return [{"key": key, "value": tidied[key]} for key in sorted(tidied) if key and tidied[key]]


def _word(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return " ".join(value.split())
    return json.dumps(value, ensure_ascii=False)
