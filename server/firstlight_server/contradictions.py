"""Finds what a question both wants and does not want. Knows nothing of snapshots: it compares what was said."""

from collections.abc import Hashable, Iterator

from firstlight_encoder.tokens import TokenType
from firstlight_server.answer import Notice, WarningCode
from firstlight_server.query import Event, RecommendQuery


def contradictions(query: RecommendQuery) -> list[Notice]:
    """One notice for each item or interest that is wanted in one place and not wanted in another."""
    wanted: dict[Hashable, str] = {}
    unwanted: dict[Hashable, str] = {}
    for subject, field, stance in _stances(query):
        if stance:
            (wanted if stance > 0 else unwanted).setdefault(subject, field)
    return [
        Notice(WarningCode.CONTRADICTION, field, f"not wanted here, but wanted in {wanted[subject]}; both were used")
        for subject, field in unwanted.items()
        if subject in wanted
    ]


def _stances(query: RecommendQuery) -> Iterator[tuple[Hashable, str, float]]:
    """``(subject, field, stance)``; the stance's sign says wanted (+), not wanted (-) or nothing (0)."""
    for index, event in enumerate(query.events):
        if event.item_id and not event.event_id:  # what was stored is no word of this question
            yield ("item", event.item_id), f"events[{index}]", _event_stance(event)
    for index, declared in enumerate(query.declarations):
        yield declared.subject, f"declarations[{index}]", declared.weight


def _event_stance(event: Event) -> float:
    if event.type is TokenType.DISLIKE:
        return -abs(event.weight)
    # Taking out of the cart what was put there is an ordinary course of events, not a contradiction.
    return 0.0 if event.type is TokenType.REMOVE_FROM_CART else event.weight
