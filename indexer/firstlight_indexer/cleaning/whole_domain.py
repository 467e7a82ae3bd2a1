"""Cleans a whole domain and writes it: items, events, quarantine and the report. `clean` is the door.

A run writes beside its target and takes the target's place at the end, so that what is there is always whole.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from firstlight_indexer.cleaning.catalogue import CleanCatalogue, clean_catalogue
from firstlight_indexer.cleaning.changed_items import settled, with_changes
from firstlight_indexer.cleaning.event_log import clean_event_log
from firstlight_indexer.contract import CleanDomain
from firstlight_indexer.domain_file import DomainFile
from firstlight_indexer.progress import Progress, silent
from firstlight_indexer.reading import scan
from firstlight_indexer.replace_folder import replaced_folder
from firstlight_indexer.report.build import build_report, require_something_left
from firstlight_indexer.report.write import write_report
from firstlight_store.catalogue_changes import CatalogueChange

_ROW_GROUP = 262_144
"""Rows of a Parquet row group. NOTE: without it Polars cuts by its threads, and two machines write different bytes."""


def clean(
    domain: DomainFile, out: Path, *, changes: Sequence[CatalogueChange] = (), progress: Progress = silent
) -> CleanDomain:
    """Clean `domain` into the folder `out`, replacing what was there; after an error `out` is as it was.

    `changes` of different items, made online, are folded into its catalogue.

    Raises:
        SourceFileError: A file is not what it claims to be.
        NothingLeftError: No item or no event is left.
    """
    # Both tables are opened before either is read: a wrong column in the log should not wait for the catalogue.
    catalogue_rows = scan(domain.catalogue, progress=progress)
    event_rows = scan(domain.events, progress=progress)
    feedback = None if domain.feedback is None else scan(domain.feedback, progress=progress)
    with replaced_folder(out) as folder:
        written = CleanDomain(
            name=domain.name,
            notice=domain.notice,
            directory=folder,
            categories=domain.categories,
            times=domain.times,
        )
        progress("clean catalogue", 0, 1)
        separator = domain.catalogue.category_separator
        own = clean_catalogue(catalogue_rows, domain.cleaning, category_separator=separator)
        catalogue = with_changes(own, changes, domain.cleaning)
        catalogue.items.write_parquet(written.items, row_group_size=_ROW_GROUP)
        progress("clean catalogue", 1, 1)
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            log = clean_event_log(
                event_rows, domain, catalogue, feedback=feedback, scratch=Path(scratch), progress=progress
            )
            log.kept.sink_parquet(written.events, row_group_size=_ROW_GROUP)
            dropped = pl.concat([catalogue.dropped.lazy(), *log.dropped])
            dropped.sink_parquet(written.quarantine, row_group_size=_ROW_GROUP)
        progress("report", 0, 1)
        _report(domain, written, catalogue, events_read=log.rows_read)
        progress("report", 1, 1)
    return replace(written, directory=out, settled_changes=settled(own, changes, domain.cleaning) if changes else ())


def _report(domain: DomainFile, written: CleanDomain, catalogue: CleanCatalogue, *, events_read: int) -> None:
    rows_read = {"catalogue": catalogue.rows_read, "events": events_read}
    report = build_report(domain, written, rows_read=rows_read, changes={"catalogue": catalogue.changes})
    require_something_left(report)
    write_report(report, written)
