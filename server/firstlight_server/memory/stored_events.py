"""Stored events beside those of a request: each of them once. Knows nothing of where they are stored."""

from collections.abc import Sequence
from dataclasses import replace

from firstlight_encoder.tokens import EVENT_TOKEN_TYPES, TokenType
from firstlight_server.query import Event, RecommendQuery
from firstlight_store.event_log import LoggedEvent


def with_stored(query: RecommendQuery, stored: Sequence[LoggedEvent]) -> RecommendQuery:
    """The question with the events that were stored of its user, after its own so that these keep their places.

    The same item, type and time is the same event, whether it was sent, stored or both.
    """
    told = {_what(event) for event in query.events}
    fresh: list[Event] = []
    for event in map(_event, stored):
        if (what := _what(event)) not in told:
            told.add(what)
            fresh.append(event)
    return replace(query, events=(*query.events, *fresh)) if fresh else query


def _event(stored: LoggedEvent) -> Event:
    kind = EVENT_TOKEN_TYPES.get(stored.type, TokenType.VIEW)
    return Event(stored.item_id, kind, stored.at_s, stored.weight, stored.text, stored.event_id)


def _what(event: Event) -> tuple[str, TokenType, float | None]:
    return event.item_id or event.text, event.type, event.at_s
