"""Writes anew what a domain's [feedback] takes from an event log, so that a build learns today's events.

Knows nothing of cleaning or of snapshots.
"""

from contextlib import closing
from pathlib import Path
from typing import Final

from firstlight_indexer.domain_file import DomainFile
from firstlight_indexer.errors import DomainFileError
from firstlight_indexer.feedback_export import ExportedEvents, export_events, export_nothing
from firstlight_indexer.progress import Progress, silent
from firstlight_store import embedded_events
from firstlight_store.event_log import EventLog
from firstlight_store.event_log.engines import sqlite_file, sqlite_url

EMBEDDED: Final = "embedded"
"""What [feedback] says of a log beside the snapshots, as the server's events_url does."""
PATIENCE_S: Final = 60.0
"""How long one statement may take: nobody waits for it."""


def fresh_feedback(
    domain: DomainFile, *, data_dir: Path, tenant: str, progress: Progress = silent
) -> ExportedEvents | None:
    """Replaces the domain's file of feedback by the tenant's events of the log that it names; None if it names none.

    An embedded log that no server has made yet holds nothing.

    Raises:
        DomainFileError: there is no such SQLite file.
        firstlight_store.event_log.EventLogUnavailable: the log cannot be read; the file is as it was.
        OSError: the file cannot be written.
    """
    if domain.feedback is None or domain.feedback_log is None:
        return None
    out, url = domain.feedback.pattern, domain.feedback_log
    if url == EMBEDDED:
        file = embedded_events(data_dir)
        if not file.exists():
            return export_nothing(out)
        url = sqlite_url(file)
    elif (named := sqlite_file(url)) is not None and not named.exists():
        raise DomainFileError(
            f"{domain.path}: [feedback] events = {url!r}: there is no such file; write the server's events_url, or "
            f'"{EMBEDDED}" for the log beside its snapshots'
        )
    with closing(EventLog(url, timeout_s=PATIENCE_S, makes=False)) as log:
        return export_events(log, tenant, out, progress=progress)
