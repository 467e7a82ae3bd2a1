"""Counts how events are spread over users, items, months and types. Streaming; it draws nothing."""

import polars as pl

from firstlight_indexer.contract import EVENT_TYPES
from firstlight_indexer.report.report import Bar, Distribution


def distributions(events: pl.LazyFrame) -> tuple[Distribution, ...]:
    """Return the distributions of a cleaned event log."""
    return (
        _per_key(events, "user_id", title="Events per user", unit="users"),
        _per_key(events, "item_id", title="Events per item", unit="items"),
        _per_month(events),
        _per_type(events),
    )


def _per_key(events: pl.LazyFrame, key: str, *, title: str, unit: str) -> Distribution:
    """Bin the number of events of each key by powers of two: 1, 2-3, 4-7, ..."""
    sizes = events.group_by(key).agg(pl.len().alias("events"))
    binned = sizes.group_by(pl.col("events").log(2).floor().cast(pl.Int64).alias("power")).agg(pl.len().alias("count"))
    counts = dict(binned.collect(engine="streaming").iter_rows())
    powers = range(min(counts, default=0), max(counts, default=-1) + 1)
    return Distribution(
        title=title, unit=unit, bars=tuple(Bar(label=_range(power), count=counts.get(power, 0)) for power in powers)
    )


def _range(power: int) -> str:
    low, high = 2**power, 2 ** (power + 1) - 1
    return f"{low:,}" if low == high else f"{low:,}–{high:,}"


def _per_month(events: pl.LazyFrame) -> Distribution:
    months = events.group_by(pl.col("timestamp").dt.strftime("%Y-%m").alias("month")).agg(pl.len().alias("count"))
    rows = months.collect(engine="streaming").sort("month").iter_rows()
    return Distribution(
        title="Events per month", unit="events", bars=tuple(Bar(label=month, count=count) for month, count in rows)
    )


def _per_type(events: pl.LazyFrame) -> Distribution:
    counts = dict(events.group_by("event_type").agg(pl.len().alias("count")).collect(engine="streaming").iter_rows())
    bars = tuple(Bar(label=kind, count=counts[kind]) for kind in EVENT_TYPES if kind in counts)
    return Distribution(title="Event types", unit="events", bars=bars)
