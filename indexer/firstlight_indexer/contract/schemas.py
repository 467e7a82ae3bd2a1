"""The exact columns and types of a cleaned domain's two tables. It does not know where they are stored."""

import polars as pl

TIMESTAMP_TYPE = pl.Datetime("us", "UTC")
ATTRIBUTES_TYPE = pl.List(pl.Struct({"key": pl.String, "value": pl.String}))

ITEMS_SCHEMA: dict[str, pl.DataType] = {
    "item_id": pl.String(),  # unique, ascending
    "title": pl.String(),
    "description": pl.String(),
    "category": pl.List(pl.String),  # root .. leaf, or tags; empty when unknown
    "brand": pl.String(),
    "price": pl.Float64(),
    "image": pl.String(),
    "attributes": ATTRIBUTES_TYPE,
    "available": pl.Boolean(),
    "created_at": TIMESTAMP_TYPE,
}

EVENTS_SCHEMA: dict[str, pl.DataType] = {
    "user_id": pl.String(),
    "item_id": pl.String(),
    "event_type": pl.String(),
    "timestamp": TIMESTAMP_TYPE,
    "weight": pl.Float32(),
    "session_id": pl.String(),  # never null
}
