"""How often a user was shown items and left them alone. Knows nothing of where impressions are stored."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from firstlight_server.query import RecommendQuery

MOST_IMPRESSIONS = 100
"""How many of the latest answers count: what was shown long ago may be shown again."""


def wants_untouched(query: RecommendQuery) -> bool:
    """Whether a question's answer depends on what its user was shown."""
    return bool(query.user_id and query.reranking.impression_discount)


def with_untouched(query: RecommendQuery, shown: Iterable[Sequence[str]]) -> RecommendQuery:
    """The question with how often each item was shown that none of its events, sent or stored, is about.

    Args:
        query: with its stored events.
        shown: the ids that each of the latest answers showed.
    """
    touched = {event.item_id for event in query.events}
    counts = Counter(item_id for ids in shown for item_id in ids)
    return replace(query, untouched={item_id: count for item_id, count in counts.items() if item_id not in touched})
