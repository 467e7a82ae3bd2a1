"""Golden queries: asked of every snapshot before it serves, to warm it and to see that it answers sanely.

Knows nothing of where the snapshot came from.
"""

import math
import time

from firstlight_encoder import TokenType
from firstlight_server.answer import Answer
from firstlight_server.errors import SnapshotRefusedError
from firstlight_server.evidence_reader import EvidenceReader
from firstlight_server.query import Declaration, Event, InterestKind, RecommendQuery, Scope
from firstlight_server.question import Newcomer
from firstlight_server.recommender import Recommender
from firstlight_server.text_vectors import TextVectors
from firstlight_server.turns import Turns
from firstlight_store import ItemFilter, ItemTable

_NOTHING_KNOWN = "nothing known"
_EVENTS = 5
_ROUNDS = 3
_ANY_ITEM = Scope(page_size=10, filter=ItemFilter(include_unavailable=True))


def warm(
    reader: EvidenceReader, recommender: Recommender, texts: TextVectors | None, *, items: ItemTable, turns: Turns
) -> None:
    """Asks every golden query a few times, with rests in between.

    Raises:
        SnapshotRefusedError: an answer is empty, repeats an item, is not finite or is not sorted.
    """
    for name, query in _golden_queries(items):
        for _ in range(_ROUNDS):
            evidence = reader.read(query, now_s=time.time())
            vectors = texts.encode(evidence.prompts) if texts and evidence.prompts else {}
            _check(name, recommender.recommend([Newcomer(query, evidence)], texts=vectors)[0])
            turns.rest()


def _golden_queries(items: ItemTable) -> list[tuple[str, RecommendQuery]]:
    rows = range(0, items.count, max(1, items.count // _EVENTS))[:_EVENTS]
    events = tuple(Event(items.ids[row], TokenType.PURCHASE) for row in rows)
    text = Declaration(InterestKind.TEXT, items.title(0))
    return [
        (_NOTHING_KNOWN, RecommendQuery(scope=_ANY_ITEM)),
        ("one event", RecommendQuery(events=events[:1], scope=_ANY_ITEM, include_seen=True)),
        ("five events", RecommendQuery(events=events, scope=_ANY_ITEM, include_seen=True, want_reasons=True)),
        ("five events, seen items left out", RecommendQuery(events=events)),
        ("free text", RecommendQuery(declarations=(text,), scope=_ANY_ITEM)),
    ]


def _check(name: str, answer: Answer) -> None:
    scores = [item.score for item in answer.items]
    if not scores and name == _NOTHING_KNOWN:  # the others may leave no item of a tiny catalogue over
        raise _wrong(f"golden query {name!r} got no items")
    if not all(math.isfinite(score) for score in scores) or scores != sorted(scores, reverse=True):
        raise _wrong(f"golden query {name!r} got scores {scores}, not finite and falling")
    if len({item.item_id for item in answer.items}) != len(scores):
        raise _wrong(f"golden query {name!r} got an item twice")


def _wrong(what: str) -> SnapshotRefusedError:
    return SnapshotRefusedError(f"{what}; rebuild the snapshot", reason="golden_query")
