"""The data contract: what a shop hands over and what cleaning gives back. Names and types; it reads nothing."""

from firstlight_indexer.contract.clean_domain import CleanDomain
from firstlight_indexer.contract.columns import (
    CATALOGUE_COLUMNS,
    EVENT_COLUMNS,
    EVENT_TYPES,
    JOINABLE_COLUMNS,
    REQUIRED_CATALOGUE_COLUMNS,
    REQUIRED_EVENT_COLUMNS,
    CatalogueColumn,
    EventColumn,
    EventType,
)
from firstlight_indexer.contract.meaning import CategoryMeaning, TimeMeaning
from firstlight_indexer.contract.schemas import ATTRIBUTES_TYPE, EVENTS_SCHEMA, ITEMS_SCHEMA, TIMESTAMP_TYPE

__all__ = [
    "ATTRIBUTES_TYPE",
    "CATALOGUE_COLUMNS",
    "EVENTS_SCHEMA",
    "EVENT_COLUMNS",
    "EVENT_TYPES",
    "ITEMS_SCHEMA",
    "JOINABLE_COLUMNS",
    "REQUIRED_CATALOGUE_COLUMNS",
    "REQUIRED_EVENT_COLUMNS",
    "TIMESTAMP_TYPE",
    "CatalogueColumn",
    "CategoryMeaning",
    "CleanDomain",
    "EventColumn",
    "EventType",
    "TimeMeaning",
]
