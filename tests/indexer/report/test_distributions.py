from datetime import UTC, datetime

import polars as pl

from firstlight_indexer.report.distributions import distributions


def test_events_are_counted_by_user_item_month_and_type() -> None:
    events = pl.LazyFrame(
        {
            "user_id": ["a", "b", "b", "b", "c", "c", "c", "c"],
            "item_id": ["i"] * 8,
            "event_type": ["view"] * 7 + ["cart"],
            "timestamp": [datetime(2024, 1 + n % 2, 1, tzinfo=UTC) for n in range(8)],
        }
    )
    counted = {part.title: [(bar.label, bar.count) for bar in part.bars] for part in distributions(events)}
    assert counted == {
        "Events per user": [("1", 1), ("2–3", 1), ("4–7", 1)],
        "Events per item": [("8–15", 1)],
        "Events per month": [("2024-01", 4), ("2024-02", 4)],
        "Event types": [("view", 7), ("cart", 1)],
    }
