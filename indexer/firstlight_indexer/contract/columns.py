"""The names a shop's columns are mapped to, and the event types. It does not know files or data types."""

from typing import Literal, get_args

CatalogueColumn = Literal[
    "item_id", "title", "description", "category", "brand", "price", "image", "attributes", "available", "created_at"
]
EventColumn = Literal["user_id", "item_id", "event_type", "timestamp", "weight", "session_id"]
EventType = Literal["view", "cart", "purchase", "favorite", "remove_from_cart", "dislike", "rating"]

CATALOGUE_COLUMNS: tuple[CatalogueColumn, ...] = get_args(CatalogueColumn)
EVENT_COLUMNS: tuple[EventColumn, ...] = get_args(EventColumn)
EVENT_TYPES: tuple[EventType, ...] = get_args(EventType)

REQUIRED_CATALOGUE_COLUMNS: tuple[CatalogueColumn, ...] = ("item_id", "title")
REQUIRED_EVENT_COLUMNS: tuple[EventColumn, ...] = ("user_id", "item_id", "event_type", "timestamp")

JOINABLE_COLUMNS: tuple[CatalogueColumn, ...] = ("title", "description", "category", "attributes")
"""Contract columns that may be made of several columns of a file: texts joined with a space, categories into a path,
attributes into one pair a column."""
