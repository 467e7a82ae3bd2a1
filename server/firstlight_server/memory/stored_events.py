"""Stored events beside those of a request: each of them once. Knows nothing of where they are stored."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from firstlight_encoder.tokens import EVENT_TOKEN_TYPES, TokenType
from firstlight_server.query import Event, RecommendQuery
from firstlight_store.event_log import LoggedEvent

_Stored = tuple[Event, bool]
"""A stored event, and whether nobody told when it was done: it is stored as done when it was stored."""


def with_stored(query: RecommendQuery, stored: Sequence[LoggedEvent]) -> RecommendQuery:
    """The question with the events that were stored of its user, after its own so that these keep their places.

    The same item, type and time is the same event, whether it was sent, stored or both. What was stored without a time
    is told apart by its id. Where the sent or the stored one has no time, the same item and type is the same event: one
    that was sent stands for one that was stored, and no more.
    """
    sent = {event: _what(event) for event in query.events}
    told, found = set(sent.values()), set[_What]()
    fresh: list[_Stored] = []
    for one in stored:
        event, is_untimed = _event(one), one.at_s == one.recorded_at_s
        what = _what(event)
        if what not in told and (is_untimed or what not in found):
            fresh.append((event, is_untimed))
        found.add(what)
    left = _without(fresh, [event for event, what in sent.items() if what not in found])
    return replace(query, events=(*query.events, *left)) if left else query


def _without(stored: Sequence[_Stored], sent: Iterable[Event]) -> list[Event]:
    """What was stored but for that which ``sent`` events stand for; the latest of several."""
    counts = Counter((event.at_s is None, _deed(event)) for event in sent)
    if not counts:
        return [event for event, _ in stored]
    left: list[Event] = []
    for event, is_untimed in reversed(stored):
        untimed, timed = (True, _deed(event)), (False, _deed(event))
        if counts[untimed]:
            counts[untimed] -= 1
        elif is_untimed and counts[timed]:
            counts[timed] -= 1
        else:
            left.append(event)
    return left[::-1]


def _event(stored: LoggedEvent) -> Event:
    kind = EVENT_TOKEN_TYPES.get(stored.type, TokenType.VIEW)
    return Event(stored.item_id, kind, stored.at_s, stored.weight, stored.text, stored.event_id)


_Deed = tuple[str, TokenType]
_What = tuple[str, TokenType, float | None]


def _deed(event: Event) -> _Deed:
    return event.item_id or event.text, event.type


def _what(event: Event) -> _What:
    return event.item_id or event.text, event.type, event.at_s
