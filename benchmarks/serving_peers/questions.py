"""What is asked: as many different questions of each task as are in flight. Knows nothing of contenders."""

from collections.abc import Sequence

import polars as pl

from benchmarks.requests import scenarios
from benchmarks.serving_peers.question import Question
from firstlight_store import Snapshot

IN_FLIGHT = 32


def text_questions(snapshot: Snapshot, items: pl.DataFrame) -> list[Question]:
    """New texts, all of one sort; no item's title holds all words of any, so none is lifted for its words."""
    table = snapshot.items()
    said = next(sort for sort in scenarios(items) if sort.name == "new free text")
    texts = (query.text for query in said.timed if query.text and not len(table.rows_with_words(query.text)))
    return [Question(text=text) for _, text in zip(range(IN_FLIGHT), texts, strict=False)]


def event_questions(items: pl.DataFrame) -> list[Question]:
    """Five items looked at, of the popular ones."""
    return [Question(item_ids=history) for history in histories(items, seed=0)[:IN_FLIGHT]]


def histories(items: pl.DataFrame, *, seed: int) -> Sequence[tuple[str, ...]]:
    """Item ids of newcomers with five events; another seed gives other newcomers."""
    queries = scenarios(items, seed=seed)[0].timed
    return [tuple(event.item_id for event in query.events) for query in queries]
