"""The command line that every peer shares: read the export, compete, write the lists, say what came of it."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress

from benchmarks.peers.contest import Outcome, compete
from benchmarks.peers.errors import PeerError
from benchmarks.peers.exchange import Exchange, read_exchange
from benchmarks.peers.lists import describe, write_lists
from benchmarks.peers.peer import Peer


def run(peer: Peer) -> None:
    """Runs ``peer`` as a program; what the user can mend ends in one line and exit code 1."""

    def command(
        exchange: Annotated[Path, typer.Option(help="The folder that `firstlight-evaluate export` wrote.")],
        seeds: Annotated[int, typer.Option(min=1, help="Train the chosen option this often.")] = 1,
        first_seed: Annotated[int, typer.Option(help="The first of the seeds.")] = 0,
        as_json: Annotated[bool, typer.Option("--json", help="Print what was chosen as JSON.")] = False,
    ) -> None:
        used = range(first_seed, first_seed + seeds)
        read = read_exchange(exchange)
        outcome = _compete(peer, read, seeds=used)
        files = write_lists(peer, outcome, exchange=read, directory=exchange)
        _show(describe(peer, outcome, exchange=read), files=files, as_json=as_json)

    command.__doc__ = f"Tune {peer.name} on the validation cases and rank the test cases."
    try:
        typer.run(command)
    except PeerError as error:
        Console(stderr=True).print(f"error: {error}", style="red", markup=False, highlight=False, soft_wrap=True)
        sys.exit(1)


def _compete(peer: Peer, exchange: Exchange, *, seeds: range) -> Outcome:
    with Progress(console=Console(stderr=True)) as progress:
        bars = {stage: progress.add_task(f"{peer.name}: {stage}", total=None) for stage in ("tuning", "ranking")}
        return compete(
            peer,
            exchange,
            seeds=seeds,
            told=lambda stage, done, total: progress.update(bars[stage], completed=done, total=total),
        )


def _show(facts: dict[str, Any], *, files: list[Path], as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps(facts) + "\n")
        return
    lines = [f"{one['validation']:.4f}  {one['option']}" for one in facts["tried"]]
    lines.append(f"chosen: {facts['chosen']}")
    lines.extend(f"wrote {path}" for path in files)
    sys.stdout.write("\n".join(lines) + "\n")
