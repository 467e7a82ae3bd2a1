"""How either database looks up many ids, and stores many rows, in one statement. Knows nothing of what they mean."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ARRAY, Column, ColumnElement, Executable, Text, any_, bindparam, cast, func, insert, select
from sqlalchemy.types import TypeEngine

from firstlight_store.event_log.database import Database
from firstlight_store.event_log.prepared import Prepared
from firstlight_store.event_log.rows import EVENT_COLUMNS
from firstlight_store.event_log.schema import events
from firstlight_store.event_log.stored_text import StoredText, stored

_STORED = [column for column in events.columns if column.name != "sequence"]


def events_of_ids(database: Database, tenant: str, ids: Sequence[str]) -> tuple[Prepared, dict[str, object]]:
    """The statement that finds the events of ``ids``, as rows of `EVENT_COLUMNS`, and its values."""
    given = [stored(one) for one in ids]
    values: dict[str, object] = {"tenant": stored(tenant), "ids": json.dumps(given) if database.is_sqlite else given}
    return database.prepared("ids", _of_json if database.is_sqlite else _of_array), values


def insertion(database: Database, rows: Sequence[dict[str, object]]) -> tuple[Prepared, list[dict[str, object]]]:
    """The statement that stores raw rows in their order, and its values: once a row, or once for all."""
    if database.is_sqlite:
        return database.prepared("insert", _insert), list(rows)
    columns: dict[str, object] = {column.name: [row[column.name] for row in rows] for column in _STORED}
    return database.prepared("insert", _insert_arrays), [columns]


def _of_json() -> Executable:
    ids = func.json_each(bindparam("ids")).table_valued("value")
    return _of(events.c.event_id.in_(select(ids.c.value)))


def _of_array() -> Executable:
    return _of(events.c.event_id == any_(cast(bindparam("ids"), ARRAY(Text))))


def _of(wanted: ColumnElement[bool]) -> Executable:
    return select(*EVENT_COLUMNS).where(events.c.tenant == bindparam("tenant"), wanted)


def _insert() -> Executable:
    return insert(events).values({column.name: bindparam(column.name) for column in _STORED}).inline()


def _insert_arrays() -> Executable:
    each = [func.unnest(cast(bindparam(column.name), ARRAY(_kind(column)))) for column in _STORED]
    return insert(events).from_select([column.name for column in _STORED], select(*each)).inline()


def _kind(column: Column[Any]) -> TypeEngine[Any]:
    return Text() if isinstance(column.type, StoredText) else column.type
