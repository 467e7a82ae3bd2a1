"""Events and impressions as rows of their tables, and back. Knows nothing of statements."""

import json
import math
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from firstlight_store.event_log.records import Impression, LoggedEvent, Shown
from firstlight_store.event_log.schema import events
from firstlight_store.event_log.stored_text import is_marked, stored, told

LONGEST_ID = 512
"""Characters of an id: PostgreSQL's indexes hold no more than some 2,700 bytes."""

EVENT_COLUMNS = [events.c[name] for name in LoggedEvent._fields if name in events.c]
"""The columns of `event`."""


def event(row: Sequence[Any]) -> LoggedEvent:
    """The event in a row of `EVENT_COLUMNS`, as SQLAlchemy gives it."""
    return LoggedEvent._make((*row, True))


def raw_event(row: Sequence[Any]) -> LoggedEvent:
    """The event in a row of `EVENT_COLUMNS`, as the driver gives it."""
    if is_marked("".join((*row[:4], *row[6:8]))):
        row = [told(value) if isinstance(value, str) else value for value in row]
    return LoggedEvent._make((*row, True))


def event_row(tenant: str, one: LoggedEvent) -> dict[str, object]:
    """The raw row of an event to be stored."""
    return {
        "tenant": stored(tenant),
        "event_id": stored(one.event_id),
        "user": stored(one.user),
        "item_id": stored(one.item_id),
        "type": stored(one.type),
        "at_s": one.at_s,
        "weight": one.weight,
        "text": stored(one.text),
        "request_id": stored(one.request_id),
        "recorded_at_s": one.recorded_at_s,
    }


def require_storable(tenant: str, one: LoggedEvent) -> None:
    """Raises `ValueError` for an event that no batch should ever hold."""
    require_scope(tenant, one.user)
    if not (math.isfinite(one.at_s) and math.isfinite(one.weight)):
        raise ValueError(f"event {one.event_id!r}: at_s = {one.at_s}, weight = {one.weight}: must be finite")
    if not one.event_id or max(len(one.event_id), len(one.request_id)) > LONGEST_ID:
        raise ValueError(f"event {one.event_id!r}: its ids must have 1 to {LONGEST_ID} characters")


def require_scope(tenant: str, user: str) -> None:
    """Raises `ValueError` where a tenant or a user is empty: an empty scope fails closed."""
    if not tenant or not user:
        raise ValueError(f"tenant = {tenant!r}, user = {user!r}: neither may be empty")


def impression(row: Row[Any]) -> Impression:
    """The impression in a row of its table, as SQLAlchemy gives it."""
    return Impression(
        request_id=row.request_id,
        user=row.user,
        at_s=row.at_s,
        snapshot_id=row.snapshot_id,
        arm=row.arm,
        policy=row.policy,
        items=tuple(Shown(*item) for item in json.loads(row.items)),
        context=row.context,
        sequence=row.sequence,
    )


def impression_row(tenant: str, one: Impression) -> dict[str, object]:
    """The row of an impression to be stored.

    Raises:
        ValueError: the tenant or the user is empty.
    """
    require_scope(tenant, one.user)
    return {
        "tenant": tenant,
        "request_id": one.request_id,
        "user": one.user,
        "at_s": one.at_s,
        "snapshot_id": one.snapshot_id,
        "arm": one.arm,
        "policy": one.policy,
        "items": json.dumps(one.items, separators=(",", ":")),
        "context": one.context,
    }
