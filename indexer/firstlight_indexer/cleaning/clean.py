"""Cleans a whole domain and writes it: items, events, quarantine and the report. `clean` is the door.

A run writes beside its target and takes the target's place at the end, so that what is there is always whole.
"""

import tempfile
from pathlib import Path

import polars as pl

from firstlight_indexer.cleaning.bots import find_bots
from firstlight_indexer.cleaning.catalogue import CleanCatalogue, clean_catalogue
from firstlight_indexer.cleaning.dropped_rows import RAW_PREFIX, REASON, quarantined
from firstlight_indexer.cleaning.event_order import order_events
from firstlight_indexer.cleaning.events import stage_events
from firstlight_indexer.contract import EVENTS_SCHEMA, CleanDomain
from firstlight_indexer.domain_file import DomainFile
from firstlight_indexer.progress import Progress, silent
from firstlight_indexer.reading import FAULT, FILE, LINE, ROW, RawTable, scan
from firstlight_indexer.replace_folder import replaced_folder
from firstlight_indexer.report.build import build_report, require_something_left
from firstlight_indexer.report.write import write_report

_ROW_GROUP = 262_144


def clean(domain: DomainFile, out: Path, *, progress: Progress = silent) -> CleanDomain:
    """Clean `domain` into the folder `out`, replacing what was there.

    Raises:
        SourceFileError: A file is not what it claims to be.
        NothingLeftError: No item or no event is left.
    """
    # Both tables are opened before either is read: a wrong column in the log should not wait for the catalogue.
    catalogue_rows = scan(domain.catalogue, progress=progress)
    event_rows = scan(domain.events, progress=progress)
    with replaced_folder(out) as folder:
        written = CleanDomain(name=domain.name, notice=domain.notice, directory=folder)
        progress("clean catalogue", 0, 1)
        catalogue = clean_catalogue(
            catalogue_rows, domain.cleaning, category_separator=domain.catalogue.category_separator
        )
        catalogue.items.write_parquet(written.items, row_group_size=_ROW_GROUP)
        progress("clean catalogue", 1, 1)
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            events_read = _clean_events(
                event_rows, domain, catalogue, written, scratch=Path(scratch), progress=progress
            )
        progress("report", 0, 1)
        rows_read = {"catalogue": catalogue.rows_read, "events": events_read}
        report = build_report(domain, written, rows_read=rows_read, catalogue_changes=catalogue.changes)
        require_something_left(report)
        write_report(report, written)
        progress("report", 1, 1)
    return CleanDomain(name=domain.name, notice=domain.notice, directory=out)


def _clean_events(
    raw: RawTable,
    domain: DomainFile,
    catalogue: CleanCatalogue,
    written: CleanDomain,
    *,
    scratch: Path,
    progress: Progress,
) -> int:
    """Write events.parquet and quarantine.parquet; return the rows of the log."""
    staged = scratch / "staged.parquet"
    progress("clean events", 0, 1)
    stage_events(raw, domain, catalogue, staged)
    progress("clean events", 1, 1)
    parts = order_events(staged, scratch, rows_in_memory=domain.cleaning.rows_in_memory, progress=progress)
    bots = find_bots(parts, domain.cleaning)
    rows = pl.scan_parquet(list(parts)).join(bots.lazy(), on="user_id", how="left", maintain_order="left")
    found = pl.when(pl.col("fault").is_not_null()).then(pl.lit("bot_like_user"))
    judged = rows.with_columns(pl.coalesce(REASON, found).alias(REASON), pl.lit(None, dtype=pl.String).alias(LINE))
    judged.filter(pl.col(REASON).is_null()).select(*EVENTS_SCHEMA).sink_parquet(
        written.events, row_group_size=_ROW_GROUP
    )
    alone = quarantined(
        pl.scan_parquet(staged).filter(pl.col(REASON).is_not_null()),
        table="events", files=raw.files, values=[RAW_PREFIX + name for name in raw.columns],
    )  # fmt: skip
    beside_others = quarantined(
        judged.filter(pl.col(REASON).is_not_null()).select(
            *EVENTS_SCHEMA, FILE, ROW, REASON, LINE, pl.when(pl.col(REASON) == "bot_like_user").then("fault").alias(FAULT)
        ),
        table="events", files=raw.files, values=list(EVENTS_SCHEMA),
    )  # fmt: skip
    pl.concat([catalogue.dropped.lazy(), alone, beside_others]).sink_parquet(
        written.quarantine, row_group_size=_ROW_GROUP
    )
    return int(pl.scan_parquet(staged).select(pl.len()).collect().item())
