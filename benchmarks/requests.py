"""The requests that serving is measured with, drawn from the snapshot's own catalogue by a fixed seed.

Knows nothing of servers or clocks.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from examples.newcomers import popular_kinds
from firstlight import Event, Filter, Query

VARIANTS = 100
KINDS = 20
POPULAR_ITEMS = 5_000
WORDS = (
    "something warm for a winter evening",
    "a present for a child who likes to draw",
    "quick breakfast before work",
    "everything for a garden party",
    "healthy snacks without sugar",
)


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """One sort of request.

    Attributes:
        name: What it is called in the report.
        checked: Variants whose answers are checked before anything is timed.
        timed: Variants that are timed, in turn, so that no single answer is what is measured.
    """

    name: str
    checked: Sequence[Query]
    timed: Sequence[Query]


def scenarios(items: pl.DataFrame, *, seed: int = 0) -> tuple[Scenario, ...]:
    """Every sort of request, the one that the product promises a latency for first.

    Args:
        items: A snapshot's items.parquet: item_id, title, category, available and log_prior at least.
        seed: Fixes the draw.
    """
    draw = random.Random(seed)
    popular = items.filter("available").sort("log_prior", "item_id", descending=[True, False]).head(POPULAR_ITEMS)
    item_ids = popular["item_id"].to_list()
    histories = [[Event.view(item_id) for item_id in draw.sample(item_ids, 5)] for _ in range(VARIANTS)]
    kinds = [kind.name for kind in popular_kinds(items)[:KINDS]]
    wide = Filter(categories=kinds[:3]) if popular["category"].list.len().sum() else Filter(max_price=5.0)
    spoken = [f"{words}, with {title}" for title in popular["title"].unique(maintain_order=True) for words in WORDS]
    return (
        _scenario("five known events", [Query(events=events) for events in histories]),
        _scenario("nothing known", [Query()]),
        _scenario("one declared category", [Query(categories=[name]) for name in kinds]),
        _scenario("free text heard before", [Query(text=words) for words in WORDS]),
        _scenario("new free text", [Query(text=words) for words in spoken], known=False),
        _scenario("five events, filtered", [Query(events=events, filter=wide) for events in histories]),
    )


def _scenario(name: str, queries: Sequence[Query], *, known: bool = True) -> Scenario:
    """A scenario of the same variants checked and timed, or, where the server must not know them, of different ones."""
    if known:
        return Scenario(name=name, checked=queries, timed=queries)
    return Scenario(name=name, checked=queries[:VARIANTS], timed=queries[VARIANTS:])
