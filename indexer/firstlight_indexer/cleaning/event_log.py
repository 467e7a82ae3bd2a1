"""Cleans the event log in passes over files on disk: stage the rows, sort and find duplicates, find bots, divide.

It never holds the log in memory.
"""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from firstlight_indexer.cleaning.bots import NO_BOTS, find_bots
from firstlight_indexer.cleaning.catalogue import CleanCatalogue
from firstlight_indexer.cleaning.dropped_rows import RAW_PREFIX, REASON, quarantined
from firstlight_indexer.cleaning.event_order import order_events
from firstlight_indexer.cleaning.events import stage_events
from firstlight_indexer.contract import EVENTS_SCHEMA
from firstlight_indexer.domain_file import DomainFile
from firstlight_indexer.progress import Progress
from firstlight_indexer.reading import FAULT, LINE, RawTable


@dataclass(frozen=True)
class CleanEventLog:
    """The outcome of cleaning an event log, still on disk: use it before the scratch folder goes.

    Attributes:
        kept: EVENTS_SCHEMA, sorted by user, time and original order.
        dropped: The dropped rows in parts, in the quarantine's schema.
        rows_read: Rows of the files.
    """

    kept: pl.LazyFrame
    dropped: tuple[pl.LazyFrame, ...]
    rows_read: int


def clean_event_log(
    raw: RawTable,
    domain: DomainFile,
    catalogue: CleanCatalogue,
    *,
    feedback: RawTable | None = None,
    scratch: Path,
    progress: Progress,
) -> CleanEventLog:
    """Clean `raw`, and `feedback` beside it, working in the folder `scratch`; no row stops it."""
    tables = [(raw, domain)] + ([] if feedback is None else [(feedback, domain.of_feedback())])
    staged = scratch / "staged.parquet"
    progress("clean events", 0, 1)
    stage_events(tables, catalogue, staged)
    progress("clean events", 1, 1)
    parts = order_events(staged, scratch, rows_in_memory=domain.cleaning.rows_in_memory, progress=progress)
    bots = find_bots(parts, domain.cleaning) if domain.times == "clock" else NO_BOTS
    judged = _judge(parts, bots)
    alone = pl.scan_parquet(staged).filter(pl.col(REASON).is_not_null())
    beside_others = judged.filter(pl.col(REASON).is_not_null())
    raw_names = [RAW_PREFIX + name for name in dict.fromkeys(name for table, _ in tables for name in table.columns)]
    files = tuple(file for table, _ in tables for file in table.files)
    return CleanEventLog(
        kept=judged.filter(pl.col(REASON).is_null()).select(*EVENTS_SCHEMA),
        dropped=(
            quarantined(alone, table="events", files=files, values=raw_names),
            quarantined(beside_others, table="events", files=files, values=list(EVENTS_SCHEMA)),
        ),
        rows_read=int(pl.scan_parquet(staged).select(pl.len()).collect().item()),
    )


def _judge(parts: tuple[Path, ...], bots: pl.DataFrame) -> pl.LazyFrame:
    """Return the rows of the sorted `parts` in order, with REASON and FAULT also for the rows of `bots`."""
    rows = pl.scan_parquet(list(parts)).join(
        bots.rename({"fault": FAULT}).lazy(), on="user_id", how="left", maintain_order="left"
    )
    is_bot = pl.col(FAULT).is_not_null() & pl.col(REASON).is_null()
    return rows.with_columns(
        pl.when(is_bot).then(pl.lit("bot_like_user")).otherwise(pl.col(REASON)).alias(REASON),
        pl.when(is_bot).then(pl.col(FAULT)).alias(FAULT),
        pl.lit(None, dtype=pl.String).alias(LINE),
    )
