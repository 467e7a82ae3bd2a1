"""The command line of the indexer: `firstlight-indexer data | clean | index | segments | tags | events | ope | ...`.

Draws progress and prints results; every decision is made elsewhere.
"""

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from firstlight_encoder.errors import EncoderError
from firstlight_indexer import event_commands
from firstlight_indexer.adapters.registry import ADAPTERS, adapt
from firstlight_indexer.build_table import build_summary, build_table, snapshots_table, transfer_table
from firstlight_indexer.cleaning import clean
from firstlight_indexer.domain_file import load_domain
from firstlight_indexer.errors import IndexerError
from firstlight_indexer.fresh_feedback import fresh_feedback
from firstlight_indexer.key_pair import write_key_pair
from firstlight_indexer.ope.command import command as ope
from firstlight_indexer.pipeline import build
from firstlight_indexer.progress_bars import progress_bars
from firstlight_indexer.segments.command import SegmentsSettings, build_segments, segments_table
from firstlight_indexer.segments.segment_files import MEMBERS, PAGE
from firstlight_indexer.tagging.command import command as tags
from firstlight_store import SMALLEST_SHARE, SigningKey, SnapshotStore, StoreError
from firstlight_store.catalogue_changes import changes_of

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Build the snapshots that firstlight-server serves.",
    rich_markup_mode="markdown",  # a table such as [train] is no markup
)
snapshots = typer.Typer(
    no_args_is_help=True, help="Look at a tenant's snapshots, change which ones answer, or delete old ones."
)
app.add_typer(snapshots, name="snapshots")
app.add_typer(event_commands.app, name="events")
app.command("ope")(ope)
app.command("tags")(tags)

Domain = Annotated[Path, typer.Option(help="A firstlight.toml, or the folder that holds it.")]
Workdir = Annotated[Path, typer.Option(help="Keeps the cleaned data and the text vectors between runs.")]
DataDir = Annotated[Path, typer.Option(help="Where snapshots are published; what the server is given.")]
Tenant = Annotated[str, typer.Option(help="Whose snapshots.")]
SnapshotId = Annotated[str, typer.Argument(help="The snapshot's id; `snapshots list` shows it.")]
OptionalSnapshotId = Annotated[str | None, typer.Argument(help="The snapshot's id; `snapshots list` shows it.")]
RankerParts = Annotated[
    int | None,
    typer.Option(
        min=0, max=10, help="Instead of [train] ranker_parts; 0 builds several times faster, and ranks worse."
    ),
]
SigningKeyFile = Annotated[Path | None, typer.Option(help="Signs the snapshot; instead of [publish] signing_key.")]
ChangesUrl = Annotated[
    str | None,
    typer.Option(help="The server's catalogue_changes, folded in; if not given, the file in the data directory."),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]


@app.command()
def data(
    name: Annotated[str, typer.Argument(help=f"One of {', '.join(ADAPTERS)}.")],
    out: Annotated[Path, typer.Option(help="The folder to write catalogue, events and firstlight.toml into.")],
    source: Annotated[Path | None, typer.Option(help="Where the data lies, for data that no package brings.")] = None,
) -> None:
    """Write a public data set as a domain."""
    _console().print(f"wrote {adapt(name, out, source)}")


@app.command(name="clean")
def clean_domain(domain: Domain, workdir: Workdir) -> None:
    """Clean a domain and report what was dropped and why."""
    with progress_bars(Console(stderr=True)) as progress:
        cleaned = clean(load_domain(domain), workdir / "clean", progress=progress)
    _console().print(f"cleaned: {cleaned.directory}\nreport:  {cleaned.report_html}")


@app.command()
def index(  # noqa: PLR0913, PLR0917 - each parameter is an option of the command line
    domain: Domain,
    workdir: Workdir,
    data_dir: DataDir,
    tenant: Tenant = "default",
    force: Annotated[bool, typer.Option(help="Build even where nothing changed.")] = False,
    ranker_parts: RankerParts = None,
    signing_key: SigningKeyFile = None,
    changes: ChangesUrl = None,
    as_json: Json = False,
) -> None:
    """Clean, encode, train, index and publish; then the running server picks the snapshot up by itself."""
    read = load_domain(domain)
    if ranker_parts is not None:
        read = read.with_key("train", "ranker_parts", ranker_parts)
    if signing_key is not None:
        read = read.with_key("publish", "signing_key", str(signing_key.absolute()))
    with progress_bars(Console(stderr=True)) as progress:
        feedback = fresh_feedback(read, data_dir=data_dir, tenant=tenant, progress=progress)
        result = build(
            read,
            workdir=workdir,
            store=SnapshotStore(data_dir, tenant),
            changes=changes_of(data_dir, changes or ""),
            force=force,
            progress=progress,
        )
    if as_json:
        sys.stdout.write(json.dumps(build_summary(result, feedback)) + "\n")
    else:
        _console().print(build_table(result, feedback))
        if result.transfer is not None:
            _console().print(transfer_table(result.transfer))


@app.command()
def segments(  # noqa: PLR0913, PLR0917 - each parameter is an option of the command line
    domain: Domain,
    workdir: Workdir,
    data_dir: DataDir,
    out: Annotated[Path, typer.Option(help="The folder of the segments; those that are there keep ids and names.")],
    tenant: Tenant = "default",
    count: Annotated[int, typer.Option(min=1, max=1_000, help="How many segments.")] = SegmentsSettings().count,
    seed: Annotated[int, typer.Option(help="Of the first clusters.")] = SegmentsSettings().seed,
    changes: ChangesUrl = None,
    as_json: Json = False,
) -> None:
    """Segment the users of a domain by what they like, in the space of its current snapshot."""
    with progress_bars(Console(stderr=True)) as progress:
        found = build_segments(
            load_domain(domain),
            workdir=workdir,
            store=SnapshotStore(data_dir, tenant),
            out=out,
            settings=SegmentsSettings(count=count, seed=seed),
            changes=changes_of(data_dir, changes or ""),
            progress=progress,
        )
    if as_json:
        sys.stdout.write(json.dumps([asdict(segment) for segment in found.segments], ensure_ascii=False) + "\n")
    else:
        _console().print(segments_table(found))
        _console().print(f"segments: {out / MEMBERS}\npage:     {out / PAGE}")


@app.command()
def keys(
    out: Annotated[Path, typer.Argument(help="The private key's file; the public one is written beside it.")],
) -> None:
    """Make a pair of keys: the private one signs snapshots, the public one is the server's snapshot_public_key."""
    public = write_key_pair(out)
    _console().print(f"private: {out} (keep it where snapshots are built, and nowhere else)\npublic:  {public}")


@snapshots.command(name="list")
def list_snapshots(data_dir: DataDir, tenant: Tenant = "default") -> None:
    """List the snapshots, newest first."""
    store = SnapshotStore(data_dir, tenant)
    _console().print(snapshots_table(store.list(), current=store.current_id(), canary=store.canary()))


@snapshots.command()
def rollback(data_dir: DataDir, tenant: Tenant = "default") -> None:
    """Serve what was served before."""
    _console().print(f"current: {SnapshotStore(data_dir, tenant).rollback()}")


@snapshots.command()
def activate(snapshot_id: SnapshotId, data_dir: DataDir, tenant: Tenant = "default") -> None:
    """Serve a snapshot; if it is the canary, it is promoted."""
    SnapshotStore(data_dir, tenant).activate(snapshot_id)
    _console().print(f"current: {snapshot_id}")


@snapshots.command()
def canary(
    data_dir: DataDir,
    snapshot_id: OptionalSnapshotId = None,
    share: Annotated[float, typer.Option(min=SMALLEST_SHARE, max=1.0, help="Of all users.")] = 0.01,
    tenant: Tenant = "default",
) -> None:
    """Serve a share of users from a second snapshot; without an id, nobody any more."""
    store = SnapshotStore(data_dir, tenant)
    if snapshot_id is None:
        store.clear_canary()
        _console().print("no canary")
    else:
        store.set_canary(snapshot_id, share)
        _console().print(f"canary: {snapshot_id} for {100 * share:.4g}% of users")


@snapshots.command()
def collect(
    data_dir: DataDir, tenant: Tenant = "default", keep: Annotated[int, typer.Option(help="The newest to keep.")] = 5
) -> None:
    """Delete old snapshots, never the current one, the canary, a held one or the one before."""
    gone = SnapshotStore(data_dir, tenant).collect(keep=keep)
    _console().print(f"deleted: {', '.join(gone) or 'none'}")


@snapshots.command()
def sign(
    data_dir: DataDir,
    signing_key: Annotated[Path, typer.Option(help="The private key's file.")],
    tenant: Tenant = "default",
    snapshot: Annotated[str | None, typer.Option(help="Its id; the current one if not given.")] = None,
) -> None:
    """Vouch for a snapshot that is there already."""
    store = SnapshotStore(data_dir, tenant)
    with store.open(snapshot) as opened:
        store.sign(opened.id, SigningKey.read(signing_key))
        _console().print(f"signed: {opened.id}")


def main() -> None:
    """Run the command line; what the user can mend ends in one line and exit code 1."""
    # Before torch or FAISS starts its threads: two spinning OpenMP runtimes slow each other down.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    try:
        app()
    except (IndexerError, EncoderError, StoreError) as error:
        Console(stderr=True).print(f"error: {error}", style="red", markup=False, highlight=False, soft_wrap=True)
        sys.exit(1)


def _console() -> Console:
    return Console(highlight=False)
