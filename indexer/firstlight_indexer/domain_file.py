"""Reads `firstlight.toml`: one shop's tables, columns, event types and cleaning thresholds.

The tables [encoder], [train], [index] and [publish] belong to the pipeline and are passed through as they are.
It does not open the data files.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

from pydantic import ValidationError

from firstlight_indexer.cleaning_settings import CleaningSettings
from firstlight_indexer.contract import (
    CATALOGUE_COLUMNS,
    EVENT_COLUMNS,
    REQUIRED_CATALOGUE_COLUMNS,
    REQUIRED_EVENT_COLUMNS,
    CategoryMeaning,
    TimeMeaning,
)
from firstlight_indexer.domain_tables import PIPELINE_TABLES, CatalogueTable, DomainTables, EventsTable, FeedbackTable
from firstlight_indexer.domain_validation import explain
from firstlight_indexer.errors import DomainFileError
from firstlight_indexer.reading.source import TableSource


@dataclass(frozen=True, kw_only=True)
class DomainFile:
    """A checked `firstlight.toml`.

    Attributes:
        path: The file itself.
        name: The domain's name: lower-case letters, digits and hyphens.
        notice: What must be shown wherever the domain's numbers are shown, or None.
        catalogue: Where the catalogue lies and how its columns are named.
        events: The same for the event log.
        feedback: More events, with the contract's own names and types; None where there are none.
        feedback_log: The URL of the event log that `feedback` is written from before each build, or "embedded"; None
            where somebody else writes it.
        event_types: A value in the log -> the contract's event type.
        timestamp_format: strftime pattern of the log's times, or None for ISO 8601 and epoch numbers.
        categories: Whether an item's categories are a path or tags.
        times: Whether times are a clock's or carry order only.
        cleaning: Thresholds of cleaning.
        pipeline: The raw tables [encoder], [train], [index], [publish]; those absent are absent.
    """

    path: Path
    name: str
    notice: str | None
    catalogue: TableSource
    events: TableSource
    feedback: TableSource | None
    feedback_log: str | None = field(repr=False)  # it may hold a password
    event_types: Mapping[str, str]
    timestamp_format: str | None
    categories: CategoryMeaning
    times: TimeMeaning
    cleaning: CleaningSettings
    pipeline: Mapping[str, Mapping[str, object]]

    def of_feedback(self) -> "DomainFile":
        """The same domain as it is of the events in `feedback`, which are written in the contract's own words."""
        return replace(self, event_types={}, timestamp_format=None)

    def with_key(self, table: str, key: str, value: object) -> "DomainFile":
        """The same domain with another value of a key of [encoder], [train], [index] or [publish]."""
        return replace(self, pipeline={**self.pipeline, table: {**self.pipeline.get(table, {}), key: value}})


def load_domain(path: Path) -> DomainFile:
    """Read and check a domain file, or the `firstlight.toml` of a folder.

    Raises:
        DomainFileError: The file is absent, is no TOML, has an unknown key or a bad value.
    """
    path = path / "firstlight.toml" if path.is_dir() else path
    raw = _parse(path)
    tables = {key: _table(path, key, raw.pop(key)) for key in PIPELINE_TABLES if key in raw}
    try:
        checked = DomainTables.model_validate(raw)
    except ValidationError as error:
        raise DomainFileError(explain(error, path)) from error
    return DomainFile(
        path=path,
        name=checked.domain.name,
        notice=checked.domain.notice,
        catalogue=_catalogue(checked.catalogue, path.parent),
        events=_events(checked.events, path.parent),
        feedback=None if checked.feedback is None else _feedback(checked.feedback, path.parent),
        feedback_log=None if checked.feedback is None else checked.feedback.events,
        event_types=dict(checked.events.types),
        timestamp_format=checked.events.timestamp_format,
        categories=checked.catalogue.categories,
        times=checked.events.times,
        cleaning=checked.cleaning,
        pipeline=tables,
    )


def _parse(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise DomainFileError(
            f"{path}: there is no such file; write one, or let an adapter do it (firstlight-indexer adapt)"
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DomainFileError(f"{path}: not a TOML file: {error}") from error


def _table(path: Path, key: str, value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise DomainFileError(f"{path}: {key} = {value!r}: must be a table; write it as [{key}]")
    return cast("dict[str, object]", value)


def _catalogue(table: CatalogueTable, folder: Path) -> TableSource:
    return TableSource(
        table="catalogue",
        pattern=folder.absolute() / table.path,
        known=CATALOGUE_COLUMNS,
        required=REQUIRED_CATALOGUE_COLUMNS,
        columns={str(name): column for name, column in table.columns.items()},
        separator=table.separator,
        encoding=table.encoding,
        category_separator=table.category_separator,
    )


def _events(table: EventsTable, folder: Path) -> TableSource:
    return TableSource(
        table="events",
        pattern=folder.absolute() / table.path,
        known=EVENT_COLUMNS,
        required=REQUIRED_EVENT_COLUMNS,
        columns={str(name): column for name, column in table.columns.items()},
        separator=table.separator,
        encoding=table.encoding,
    )


def _feedback(table: FeedbackTable, folder: Path) -> TableSource:
    return TableSource(
        table="events",
        pattern=folder.absolute() / table.path,
        known=EVENT_COLUMNS,
        required=REQUIRED_EVENT_COLUMNS,
    )
