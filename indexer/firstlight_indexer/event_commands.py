"""`firstlight-indexer events export | expire`: what is done with an event log beside serving.

Draws progress and prints results; every decision is made elsewhere.
"""

import time
from contextlib import closing
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from firstlight_indexer.domain_file import load_domain
from firstlight_indexer.errors import DomainFileError
from firstlight_indexer.feedback_export import export_events
from firstlight_indexer.fresh_feedback import PATIENCE_S
from firstlight_indexer.progress_bars import progress_bars
from firstlight_store.event_log import EventLog

DAY_S: Final = 86_400

app = typer.Typer(no_args_is_help=True, help="Take users' events out of the event log, for training or for good.")

EventsUrl = Annotated[
    str,
    typer.Option(
        envvar="FIRSTLIGHT_EVENTS_URL",
        show_envvar=True,
        help="Where the events are: sqlite:///FILE (embedded: DATA_DIR/.events/events.db) or postgresql://...",
    ),
]
Tenant = Annotated[str, typer.Option(help="Whose events.")]


@app.command()
def export(
    events_url: EventsUrl,
    out: Annotated[
        Path, typer.Option(help="A Parquet file, or the folder or firstlight.toml of a domain with a [feedback] table.")
    ],
    tenant: Tenant = "default",
) -> None:
    """Write a tenant's events in the data contract, for an `index` elsewhere; one with [feedback] does so by itself."""
    target = _target(out)
    log = EventLog(events_url, timeout_s=PATIENCE_S, makes=False)
    with closing(log), progress_bars(Console(stderr=True)) as progress:
        done = export_events(log, tenant, target, progress=progress)
    _console().print(f"wrote {done} (in {target})")


@app.command()
def expire(
    events_url: EventsUrl,
    days: Annotated[float, typer.Option(min=0.0, help="What was done longer ago is deleted.")],
    tenant: Tenant = "default",
) -> None:
    """Delete a tenant's events and impressions that are older than they may be kept."""
    with closing(EventLog(events_url, timeout_s=PATIENCE_S, makes=False)) as log:
        gone = log.expire(tenant, before_s=time.time() - DAY_S * days)
    _console().print(f"deleted {gone.events:,} events and {gone.impressions:,} impressions")


def _target(out: Path) -> Path:
    """The file to write."""
    if not out.is_dir() and out.suffix != ".toml":
        return out
    domain = load_domain(out)
    if domain.feedback is None:
        raise DomainFileError(
            f'{domain.path}: there is no [feedback]; add the table with path = "feedback.parquet", or name a file'
        )
    return domain.feedback.pattern


def _console() -> Console:
    return Console(highlight=False)
