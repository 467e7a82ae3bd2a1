"""What users were shown: by answer, in the order of storing, and by user. Knows nothing of why it was shown."""

import json
from collections.abc import Sequence

from sqlalchemy import Connection, func, select

from firstlight_store.event_log.records import Impression
from firstlight_store.event_log.rows import impression
from firstlight_store.event_log.schema import impressions

_MOST_AT_ONCE = 500
"""Ids in one statement, below every limit on the number of its variables."""

Showing = tuple[int, tuple[str, ...]]
"""An impression's sequence and the ids of its items, best first."""


def impressions_of(connection: Connection, tenant: str, request_ids: Sequence[str]) -> dict[str, Impression]:
    """What the answers of these ids showed, as far as it is known."""
    found: dict[str, Impression] = {}
    for start in range(0, len(request_ids), _MOST_AT_ONCE):
        wanted = impressions.c.request_id.in_(request_ids[start : start + _MOST_AT_ONCE])
        chosen = select(impressions).where(impressions.c.tenant == tenant, wanted).order_by(impressions.c.sequence)
        found |= {row.request_id: impression(row) for row in connection.execute(chosen)}
    return found


def impressions_after(
    connection: Connection, sequence: int, *, most: int, tenant: str | None
) -> list[tuple[str, Impression]]:
    """Impressions stored after ``sequence`` with their tenants, in the order of storing."""
    chosen = select(impressions).where(impressions.c.sequence > sequence)
    if tenant is not None:
        chosen = chosen.where(impressions.c.tenant == tenant)
    rows = connection.execute(chosen.order_by(impressions.c.sequence).limit(most))
    return [(row.tenant, impression(row)) for row in rows]


def impressions_before(
    connection: Connection, tenant: str, users: Sequence[str], sequence: int, *, most: int
) -> dict[str, list[Showing]]:
    """What users were shown before ``sequence``, at most ``most`` a user, latest first; not who was shown nothing."""
    found: dict[str, list[Showing]] = {}
    own = impressions.c
    number = func.row_number().over(partition_by=own.user, order_by=own.sequence.desc())
    for start in range(0, len(users), _MOST_AT_ONCE):
        of_users = own.user.in_(users[start : start + _MOST_AT_ONCE])
        chosen = (own.tenant == tenant) & of_users & (own.sequence < sequence)
        latest = select(own.user, own.sequence, own["items"].label("items_json"), number.label("number")).where(chosen)
        ranked = latest.subquery()
        wanted = select(ranked).where(ranked.c.number <= most).order_by(ranked.c.sequence.desc())
        for row in connection.execute(wanted):
            ids = tuple(item[0] for item in json.loads(row.items_json))
            found.setdefault(row.user, []).append((row.sequence, ids))
    return found
