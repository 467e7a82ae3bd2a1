"""``firstlight-evaluate simulate``: policies play a month of real visits. Prints; every decision is made elsewhere."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from firstlight_evaluation.report.console import rich_table
from firstlight_evaluation.simulation.budgets import trade
from firstlight_evaluation.simulation.competitor import Learning, competitors
from firstlight_evaluation.simulation.files import write_gradient, write_month
from firstlight_evaluation.simulation.gradient_study import study_gradient
from firstlight_evaluation.simulation.record_month import record_month
from firstlight_evaluation.simulation.study import simulate
from firstlight_evaluation.simulation.tables import gradient_table, outcome_table, trade_table
from firstlight_indexer.domain_file import load_domain
from firstlight_indexer.progress_bars import progress_bars

_COLUMNS_FOR_DETAILS = 125


def command(
    domain: Annotated[
        Path, typer.Option(help="A firstlight.toml, or the folder that holds it; with times of a clock.")
    ],
    workdir: Annotated[Path, typer.Option(help="Keeps cleaned data and text vectors; share it with the index.")],
    out: Annotated[Path, typer.Option(help="The report's folder.")] = Path("reports/simulate"),
    seeds: Annotated[int, typer.Option(min=2, help="How often the month is played.")] = 25,
    first_seed: Annotated[
        int, typer.Option(min=0, help="Of the first month; settings were chosen on those from 1000 on.")
    ] = 0,
    tune: Annotated[bool, typer.Option(help="Also tune the user tower on logged rewards, and judge that.")] = False,
) -> None:
    """Let exploration policies play a month of real visits, and write a table, a plot and JSON.

    Example: firstlight-evaluate simulate --domain var/domains/complete-journey --workdir var/build/complete-journey
    """
    learning, policies = Learning(), competitors()
    with progress_bars(Console(stderr=True)) as progress:
        recorded = record_month(load_domain(domain), workdir=workdir, progress=progress)
        played = range(first_seed, first_seed + seeds)
        outcome = simulate(recorded.month, policies, seeds=played, learning=learning, progress=progress)
        trades = trade(recorded.month, seeds=played, learning=learning, progress=progress)
    settings = {"learning": asdict(learning), "policies": {name: repr(one) for name, one in policies.items()}}
    files = write_month(outcome, trades, settings=settings, directory=out)
    tables = [outcome_table(outcome), trade_table(trades)]
    if tune:
        values = study_gradient(recorded, seed=first_seed)
        tables.append(gradient_table(values))
        files += write_gradient(values, notice=outcome.notice, directory=out)
    console = Console(highlight=False)
    for table in tables:
        console.print(rich_table(table, details=console.width >= _COLUMNS_FOR_DETAILS))
    if outcome.notice:
        console.print(outcome.notice)
    console.print("\n".join(f"wrote {path}" for path in files), soft_wrap=True)
