"""The command line of the evaluation: ``firstlight-evaluate run``, ``ablate``, ``compress``, ``export`` and others.

Draws progress and prints results; every decision is made elsewhere.
"""

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from firstlight_encoder.errors import EncoderError
from firstlight_evaluation.ablation.command import command as ablate
from firstlight_evaluation.compression.command import command as compress
from firstlight_evaluation.drift.command import command as drift
from firstlight_evaluation.errors import EvaluationError
from firstlight_evaluation.exchange import read_peers, write_exchange
from firstlight_evaluation.experiment import Experiment, open_experiment
from firstlight_evaluation.judge_experiment import judge_experiment
from firstlight_evaluation.next_step.command import command as next_step
from firstlight_evaluation.off_policy.command import command as ope
from firstlight_evaluation.report.console import rich_table
from firstlight_evaluation.report.files import write_report
from firstlight_evaluation.report.layout import Table
from firstlight_evaluation.report.summary import Summary
from firstlight_evaluation.simulation.command import command as simulate
from firstlight_evaluation.transfer_command import transfer
from firstlight_evaluation.transfer_study import study_transfer
from firstlight_indexer.domain_file import load_domain
from firstlight_indexer.errors import IndexerError
from firstlight_indexer.progress_bars import progress_bars
from firstlight_store import StoreError

app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode="markdown")

_COLUMNS_FOR_DETAILS = 125


@app.callback()
def describe() -> None:
    """Measure how well newcomers are served, beside tuned baselines.

    The cold-user curve: users are split strictly, training ends before the test users' events, and for each test user
    with nothing known, declared interests, or 1, 2, 3, 5 or 10 events every model ranks the whole catalogue. The
    target is the new items of the next basket. NDCG@10 comes with 95 % bootstrap intervals over users, and the
    difference to the best baseline of each point is paired. The report also holds recall, reciprocal rank, cold and
    warm items apart, popularity-debiased recall, coverage and diversity.

    A model that has nothing to say at a point (a neighbour model without events) has no row there.
    """


@app.command()
def run(  # noqa: PLR0913, PLR0917 - each parameter is an option of the command line
    domain: Annotated[Path, typer.Option(help="A firstlight.toml, or the folder that holds it.")],
    workdir: Annotated[Path, typer.Option(help="Keeps cleaned data and text vectors; share it with the index.")],
    reports: Annotated[Path, typer.Option(help="The report goes into DOMAIN/ in here.")] = Path("reports"),
    out: Annotated[Path | None, typer.Option(help="The report's very folder, instead of --reports.")] = None,
    seeds: Annotated[int, typer.Option(min=1, help="Train this often, each with its own seed; the split stays.")] = 1,
    peers: Annotated[
        Path | None, typer.Option(help="An export to which models elsewhere added ranked lists: further baselines.")
    ] = None,
    hold_out_items: Annotated[
        float,
        typer.Option(min=0, max=0.5, help="Train again without the events of this share of items: are new ones found?"),
    ] = 0.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print the rows as JSON instead of tables.")] = False,
) -> None:
    """Train on a part of the users, judge by others, and write tables, a plot and JSON.

    Example: firstlight-evaluate run --domain var/domains/my-shop --workdir var/build/my-shop --seeds 3
    """
    with progress_bars(Console(stderr=True)) as progress:
        opened = partial(open_experiment, load_domain(domain), workdir=workdir, progress=progress)
        experiment = opened()
        used = range(experiment.first_seed, experiment.first_seed + seeds)
        lists = [] if peers is None else read_peers(peers, experiment.material)
        summary, cold = judge_experiment(
            experiment,
            seeds=used,
            peers=lists,
            hold_out_share=hold_out_items,
            without=lambda held_out: opened(held_out=held_out),
            progress=progress,
        )
        transfer_files = _transfer_files(experiment, out or reports / summary.domain)
    files = [*write_report(summary, cold, directory=out or reports / summary.domain), *transfer_files]
    if as_json:
        sys.stdout.write(_machine_form(summary, files) + "\n")
    else:
        _show([*summary.tables(), *(cold.tables() if cold else [])], summary.notice, files)


@app.command()
def export(
    domain: Annotated[Path, typer.Option(help="A firstlight.toml, or the folder that holds it.")],
    workdir: Annotated[Path, typer.Option(help="Keeps cleaned data and text vectors; share it with the index.")],
    out: Annotated[Path, typer.Option(help="The folder to write; lists come back in its lists/.")],
) -> None:
    """Write training events and cases for models elsewhere, whose ranked lists `run --peers` then judges.

    Example: firstlight-evaluate export --domain var/domains/my-shop --workdir var/build/my-shop --out var/peers/my-shop
    """
    with progress_bars(Console(stderr=True)) as progress:
        experiment = open_experiment(load_domain(domain), workdir=workdir, progress=progress)
    files = write_exchange(experiment.material, experiment.trainer.catalogue, directory=out)
    sys.stdout.write("".join(f"wrote {path}\n" for path in files))


app.command("ablate")(ablate)
app.command("compress")(compress)
app.command("drift")(drift)
app.command("next")(next_step)
app.command("ope")(ope)
app.command("simulate")(simulate)
app.command()(transfer)


def main() -> None:
    """Run the command line; what the user can mend ends in one line and exit code 1."""
    # Before torch starts its threads: two spinning OpenMP runtimes slow each other down.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    try:
        app()
    except (EvaluationError, IndexerError, EncoderError, StoreError) as error:
        Console(stderr=True).print(f"error: {error}", style="red", markup=False, highlight=False, soft_wrap=True)
        sys.exit(1)


def _transfer_files(experiment: Experiment, directory: Path) -> list[Path]:
    """The transfer report of a domain that learns from others; nothing of one that does not."""
    files = study_transfer(experiment).write(directory) if experiment.trainer.sources else []
    experiment.trainer.forget()
    return files


def _machine_form(summary: Summary, files: Sequence[Path]) -> str:
    content = {
        "domain": summary.domain,
        "notice": summary.notice,
        "files": [str(path) for path in files],
        "rows": [asdict(row) for row in summary.all_eligible.rows],
        "differences": [row.fields for row in summary.all_eligible.differences],
    }
    return json.dumps(content)


def _show(tables: Sequence[Table], notice: str | None, files: Sequence[Path]) -> None:
    console = Console(highlight=False)
    for table in tables:
        console.print(rich_table(table, details=console.width >= _COLUMNS_FOR_DETAILS))
    if notice:
        console.print(notice)
    console.print("\n".join(f"wrote {path}" for path in files), soft_wrap=True)
