"""``firstlight-evaluate ablate``. Draws progress and prints results; every decision is made elsewhere."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from firstlight_evaluation.ablation.ablate import Judges, ablate
from firstlight_evaluation.ablation.ablation import Ablation, Stage
from firstlight_evaluation.ablation.ablations import ABLATIONS
from firstlight_evaluation.ablation.files import write_ablation
from firstlight_evaluation.ablation.outcome import Outcome
from firstlight_evaluation.experiment import open_experiment
from firstlight_evaluation.report.console import rich_table
from firstlight_indexer.domain_file import load_domain
from firstlight_indexer.progress_bars import progress_bars

_NAMES = ", ".join(ablation.name for group in ABLATIONS.values() for ablation in group)


def command(  # noqa: PLR0913, PLR0917 - each parameter is an option of the command line
    domain: Annotated[Path, typer.Option(help="A firstlight.toml, or the folder that holds it.")],
    workdir: Annotated[Path, typer.Option(help="Keeps cleaned data and text vectors; share it with the index.")],
    reports: Annotated[Path, typer.Option(help="The report goes into DOMAIN/ in here.")] = Path("reports"),
    seeds: Annotated[int, typer.Option(min=1, help="Train every model this often.")] = 1,
    steps: Annotated[int | None, typer.Option(min=1, help="Of every training, instead of [train] steps.")] = None,
    judges: Annotated[Judges, typer.Option(help="Validation users teach the ranker too: they flatter it.")] = "test",
    most_users: Annotated[int | None, typer.Option(min=1, help="Judge by so many of them, drawn by the seed.")] = None,
    stage: Annotated[Stage | None, typer.Option(help="Only what changes this stage; both, if not given.")] = None,
    only: Annotated[list[str] | None, typer.Option(help=f"An ablation by name, may be repeated. {_NAMES}.")] = None,
) -> None:
    """Measure what each part of the model is worth, and write a table, a plot and JSON.

    The first stage is trained once a seed for all changes of the second. Changes of the first are compared with the
    first alone, in a report of their own.

    Example: firstlight-evaluate ablate --domain var/domains/my-shop --workdir var/build/my-shop --only "no prior"
    """
    chosen = _chosen(stage, only or [])
    with progress_bars(Console(stderr=True)) as progress:
        experiment = open_experiment(load_domain(domain), workdir=workdir, progress=progress)
        if steps is not None:
            settings = experiment.trainer.settings.model_copy(update={"steps": steps})
            experiment = replace(experiment, trainer=replace(experiment.trainer, settings=settings))
        used = range(experiment.first_seed, experiment.first_seed + seeds)
        outcomes = [
            ablate(experiment, group, seeds=used, judges=judges, most_users=most_users, progress=progress)
            for group in chosen
        ]
    for outcome in outcomes:
        _show(outcome, write_ablation(outcome, directory=reports / outcome.domain))


def _chosen(stage: Stage | None, only: Sequence[str]) -> list[list[Ablation]]:
    """The ablations to measure, those of one stage together."""
    asked = [
        [ablation for ablation in group if not only or ablation.name in only]
        for own, group in ABLATIONS.items()
        if stage in {None, own}
    ]
    if unknown := set(only) - {ablation.name for group in asked for ablation in group}:
        of = f" of the {stage} stage" if stage else ""
        raise typer.BadParameter(f"there is no ablation{of} {', '.join(sorted(unknown))}; there are {_NAMES}")
    return [group for group in asked if group]


def _show(outcome: Outcome, files: Sequence[Path]) -> None:
    console = Console(highlight=False)
    for table in outcome.tables():
        console.print(rich_table(table, details=False))
    if outcome.notice:
        console.print(outcome.notice)
    sys.stdout.write("".join(f"wrote {path}\n" for path in files))
