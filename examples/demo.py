"""`make demo`: serve the published snapshot, ask it as five newcomers and one who comes back, and show the answers.

Reads the catalogue only to find examples that fit it; knows nothing of how a snapshot is made or searched.
"""

import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import polars as pl
import typer
from rich.console import Console
from rich.table import Table

from examples.newcomers import Newcomer, five_newcomers
from examples.returning import comes_back
from examples.server_process import firstlight_server, serving
from firstlight import Client, Recommendation
from firstlight_store import SnapshotStore

PAGE_SIZE = 8
PRINTED_COLUMNS = 110
SERVER_LOG = Path("var/demo/server.log")
WORDS = "something warm for a winter evening"


def main(
    data_dir: Annotated[Path, typer.Option(help="Where the snapshots are.")] = Path("var/snapshots"),
    tenant: Annotated[str, typer.Option(help="Whose snapshots.")] = "default",
    words: Annotated[str, typer.Option(help="What the newcomer who only speaks says.")] = WORDS,
) -> None:
    """Ask the published snapshot as five different newcomers, and as one who comes back."""
    console = Console(width=None if sys.stdout.isatty() else PRINTED_COLUMNS)
    with SnapshotStore(data_dir, tenant).open(None) as snapshot:
        items = pl.read_parquet(snapshot.path("items.parquet"))
    newcomers = five_newcomers(items, words=words)
    with ExitStack() as stack:
        with console.status("starting the server"):
            address = stack.enter_context(serving(firstlight_server(data_dir), log=SERVER_LOG))
        client = stack.enter_context(Client(address, tenant=tenant))
        served = client.snapshot()
        console.print(f"{served.domain}: {served.item_count:,} items, snapshot {served.id}, served at {address}\n")
        for number, newcomer in enumerate(newcomers, start=1):
            started = time.perf_counter()
            answer = ask(newcomer, client)
            show(newcomer, answer, number=number, took_ms=1e3 * (time.perf_counter() - started), console=console)
        visit = comes_back(newcomers[-1], client, page_size=PAGE_SIZE)
        show(visit.visitor, visit.answer, number=len(newcomers) + 1, console=console)
        for line in visit.after:
            console.print(f"   {line}", markup=False, highlight=False, soft_wrap=True)


def ask(newcomer: Newcomer, client: Client) -> Recommendation:
    """What the service recommends to a newcomer, and why."""
    return client.recommend(
        events=newcomer.events, declarations=newcomer.declarations, page_size=PAGE_SIZE, want_reasons=True
    )


def show(
    newcomer: Newcomer, answer: Recommendation, *, number: int, console: Console, took_ms: float | None = None
) -> None:
    """Print one newcomer and what was recommended to them."""
    console.print(f"[bold]{number}. {newcomer.title}[/bold]")
    for line in newcomer.known:
        console.print(f"   {line}", markup=False, highlight=False)
    table = Table(caption=None if took_ms is None else f"answered in {took_ms:.1f} ms", caption_justify="right")
    table.add_column("item", overflow="fold")
    table.add_column("score", justify="right")
    table.add_column("source")
    table.add_column("reason", overflow="fold")
    for item in answer:
        reason = item.reasons[0].text if item.reasons else ""
        table.add_row(item.title, f"{item.score:.3f}", item.source, reason)
    console.print(table)
    for warning in answer.warnings:
        console.print(f"   {warning.code}: {warning.message}", markup=False)
    console.print()


if __name__ == "__main__":
    typer.run(main)
