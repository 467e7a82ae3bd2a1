"""The tables of firstlight.toml as types: which keys there are and what each may hold. It reads no file."""

from typing import Annotated, Literal

import polars as pl
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from firstlight_indexer.cleaning_settings import CleaningSettings
from firstlight_indexer.contract import (
    JOINABLE_COLUMNS,
    CatalogueColumn,
    CategoryMeaning,
    EventColumn,
    EventType,
    TimeMeaning,
)

PIPELINE_TABLES = ("encoder", "compress", "train", "transfer", "index", "publish", "evaluation", "tags")
"""Tables of firstlight.toml that the pipeline owns."""

Encoding = Literal["utf-8", "latin-1", "cp1252"]
_NotEmpty = Annotated[str, Field(min_length=1)]


def _only_joinable(
    columns: dict[CatalogueColumn, str | tuple[str, ...]],
) -> dict[CatalogueColumn, str | tuple[str, ...]]:
    for name, column in columns.items():
        if not isinstance(column, str) and name not in JOINABLE_COLUMNS:
            allowed = ", ".join(JOINABLE_COLUMNS)
            raise ValueError(f"{name} = {list(column)} is a list; only {allowed} can be made of several columns")
    return columns


def _strftime(pattern: str) -> str:
    try:
        pl.Series(["2020-01-01"]).str.to_datetime(pattern, strict=False)
    except pl.exceptions.PolarsError as error:
        raise ValueError('not a strftime pattern; write it as in "%d/%m/%Y %H:%M"') from error
    return pattern


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DomainTable(_Table):
    """`[domain]`."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=64)
    notice: str | None = None


class CatalogueTable(_Table):
    """`[catalogue]`."""

    path: _NotEmpty
    columns: Annotated[
        dict[CatalogueColumn, _NotEmpty | Annotated[tuple[_NotEmpty, ...], Field(min_length=1)]],
        AfterValidator(_only_joinable),
    ] = {}
    separator: str = Field(default=",", min_length=1, max_length=1)
    encoding: Encoding = "utf-8"
    category_separator: str = Field(default=">", min_length=1)
    categories: CategoryMeaning = "path"


class EventsTable(_Table):
    """`[events]`."""

    path: _NotEmpty
    columns: dict[EventColumn, _NotEmpty] = {}
    types: dict[str, EventType] = {}
    separator: str = Field(default=",", min_length=1, max_length=1)
    encoding: Encoding = "utf-8"
    timestamp_format: Annotated[str, AfterValidator(_strftime)] | None = None
    times: TimeMeaning = "clock"


class FeedbackTable(_Table):
    """`[feedback]`: events in the contract's own words, beside those of `[events]`.

    With `events`, an event log's URL or "embedded", each build writes `path` anew from that log.
    """

    path: _NotEmpty = "feedback.parquet"
    events: _NotEmpty | None = None


class DomainTables(_Table):
    """Every table of firstlight.toml that this half of the indexer owns."""

    domain: DomainTable
    catalogue: CatalogueTable
    events: EventsTable
    feedback: FeedbackTable | None = None
    cleaning: CleaningSettings = CleaningSettings()
