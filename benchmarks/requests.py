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
        queries: Its variants, asked in turn so that no single answer is what is measured.
    """

    name: str
    queries: Sequence[Query]


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
    return (
        Scenario(name="five known events", queries=[Query(events=events) for events in histories]),
        Scenario(name="nothing known", queries=[Query()]),
        Scenario(name="one declared category", queries=[Query(categories=[name]) for name in kinds]),
        Scenario(name="free text", queries=[Query(text=words) for words in WORDS]),
        Scenario(name="five events, filtered", queries=[Query(events=events, filter=wide) for events in histories]),
    )
