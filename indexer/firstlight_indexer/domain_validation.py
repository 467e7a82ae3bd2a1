"""Turns pydantic's findings on firstlight.toml into messages with file, table, key, value and what is allowed."""

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from firstlight_indexer.contract import CATALOGUE_COLUMNS, EVENT_COLUMNS
from firstlight_indexer.domain_tables import PIPELINE_TABLES, DomainTables


def explain(error: ValidationError, path: Path, *, tables: type[BaseModel] = DomainTables) -> str:
    """Return one line for each finding in `error` about the `tables` of the domain file at `path`."""
    return "\n".join(dict.fromkeys(f"{path}: {_finding(detail, tables)}" for detail in error.errors()))


def _finding(detail: ErrorDetails, tables: type[BaseModel]) -> str:
    location = [str(part) for part in detail["loc"] if part != "[key]"]
    allowed = _allowed_beside(location, tables)
    key = location[-1]
    table = ".".join(location[:-1])
    place = f"[{table}] {key}" if table else key
    if detail["type"] == "missing":
        what = f"[{key}] is missing" if not table else f"[{table}] {key} is missing"
        return f"{what}; add it"
    if detail["type"] == "extra_forbidden" or (detail["loc"][-1] == "[key]" and allowed):
        close = difflib.get_close_matches(key, allowed, n=1)
        hint = f"; did you mean {close[0]}?" if close else ""
        return f"{place} = {detail['input']!r}: unknown key; allowed: {', '.join(allowed)}{hint}"
    return f"{place} = {detail['input']!r}: {detail['msg']}"


def _allowed_beside(location: list[str], tables: type[BaseModel]) -> tuple[str, ...]:
    """Return the keys that may stand where the last part of `location`, in `tables`, stands."""
    if len(location) == 1:
        return (*DomainTables.model_fields, *PIPELINE_TABLES)
    columns: Mapping[tuple[str, ...], tuple[str, ...]] = {
        ("catalogue", "columns"): CATALOGUE_COLUMNS,
        ("events", "columns"): EVENT_COLUMNS,
    }
    mapped = columns.get(tuple(location[:2]))
    if mapped is not None and len(location) > 2:
        return mapped
    model: type[BaseModel] | None = tables
    for part in location[:-1]:
        field = model.model_fields.get(part) if model is not None else None
        model = _model(field.annotation) if field is not None else None
    return tuple(model.model_fields) if model is not None else ()


def _model(annotation: Any) -> type[BaseModel] | None:
    candidates = (annotation, *get_args(annotation))
    return next((kind for kind in candidates if isinstance(kind, type) and issubclass(kind, BaseModel)), None)
