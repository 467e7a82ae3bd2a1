"""Writes what an event log holds of a tenant as a Parquet file in the data contract, so that the next build learns it.

Users stay pseudonyms. Knows nothing of cleaning: events of unknown items are written like others.
"""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl
from polars.io.plugins import register_io_source

from firstlight_indexer.contract import EVENTS_SCHEMA
from firstlight_indexer.progress import Progress, silent
from firstlight_store import FileSystem
from firstlight_store.event_log import EventLog, LoggedEvent

_PAGE: Final = 10_000
_ROW_GROUP: Final = 262_144
_SCHEMA: Final = {name: kind for name, kind in EVENTS_SCHEMA.items() if name != "session_id"}
_STAGE: Final = "export events"


@dataclass
class ExportedEvents:
    """What became of a tenant's events.

    Attributes:
        written: events in the file.
        without_item: left out, since they name no item of a catalogue, only a text.
        beyond_caps: left out, since a user gave more of the kind in a day than counts.
    """

    written: int = 0
    without_item: int = 0
    beyond_caps: int = 0

    def __str__(self) -> str:
        left_out = f"{self.without_item:,} of no item, {self.beyond_caps:,} beyond what counts of a user in a day"
        return f"{self.written:,} events; left out: {left_out}"


def export_nothing(out: Path) -> ExportedEvents:
    """Writes a file of no event, as `export_events` does of a log that is empty."""
    return _written(out, pl.LazyFrame(schema=_SCHEMA), ExportedEvents())


def export_events(log: EventLog, tenant: str, out: Path, *, progress: Progress = silent) -> ExportedEvents:
    """Writes all events of ``tenant``, in the order of storing; ``out`` is replaced whole, and is as it was on failure.

    Raises:
        firstlight_store.event_log.EventLogUnavailable: the log cannot be read.
        OSError: the file cannot be written.
    """
    done = ExportedEvents()
    return _written(out, _frame(_pages(log, tenant, done, progress)), done)


def _written(out: Path, events: pl.LazyFrame, done: ExportedEvents) -> ExportedEvents:
    out.parent.mkdir(parents=True, exist_ok=True)
    temporary = out.with_name(f".{out.name}.{secrets.token_hex(8)}")
    disk = FileSystem()
    try:
        events.sink_parquet(temporary, row_group_size=_ROW_GROUP)
        disk.fsync(temporary)
        disk.rename(temporary, out)
        disk.fsync(out.parent)
    finally:
        temporary.unlink(missing_ok=True)
    return done


def _pages(log: EventLog, tenant: str, done: ExportedEvents, progress: Progress) -> Iterator[pl.DataFrame]:
    last, sequence = log.last_sequence(), 0
    progress(_STAGE, 0, last)
    while page := log.since(sequence, most=_PAGE, tenant=tenant):
        sequence = page[-1][1].sequence
        kept = [_row(one) for _, one in page if _is_kept(one, done)]
        progress(_STAGE, min(sequence, last), last)
        yield pl.DataFrame(kept, schema=_SCHEMA, orient="row")
    progress(_STAGE, last, last)


def _is_kept(one: LoggedEvent, done: ExportedEvents) -> bool:
    done.without_item += not one.item_id
    done.beyond_caps += bool(one.item_id) and not one.counted
    done.written += bool(one.item_id) and one.counted
    return bool(one.item_id) and one.counted


def _row(one: LoggedEvent) -> tuple[object, ...]:
    """The event as a row of the contract: times are whole microseconds since 1970 UTC there."""
    return one.user, one.item_id, one.type, round(1e6 * one.at_s), one.weight


def _frame(pages: Iterator[pl.DataFrame]) -> pl.LazyFrame:
    """Wraps the pages for Polars, which pulls them one at a time."""

    def source(
        with_columns: list[str] | None, predicate: pl.Expr | None, n_rows: int | None, _batch_size: int | None
    ) -> Iterator[pl.DataFrame]:
        assert (with_columns, predicate, n_rows) == (None, None, None)
        yield from pages

    return register_io_source(source, schema=_SCHEMA)
