"""How often a user was shown items and left them alone. Knows nothing of where impressions are stored."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from firstlight_server.query import RecommendQuery
from firstlight_store.event_log import Impression

MOST_IMPRESSIONS = 100
"""How many of the latest answers count: what was shown long ago may be shown again."""


def wants_untouched(query: RecommendQuery) -> bool:
    """Whether a question's answer depends on what its user was shown."""
    return bool(query.user_id and query.reranking.impression_discount)


def with_untouched(query: RecommendQuery, shown: Sequence[Impression]) -> RecommendQuery:
    """The question with how often each item was shown that none of its events, sent or stored, is about."""
    touched = {event.item_id for event in query.events}
    counts = Counter(item.item_id for one in shown for item in one.items)
    return replace(query, untouched={item_id: count for item_id, count in counts.items() if item_id not in touched})
