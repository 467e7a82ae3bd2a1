"""``firstlight-evaluate ope``: is off-policy evaluation right? Draws and prints; every decision is made elsewhere."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from firstlight_evaluation.off_policy.bandit_study import Comparison, compare
from firstlight_evaluation.off_policy.coverage_study import measure_coverage
from firstlight_evaluation.off_policy.files import write_off_policy
from firstlight_evaluation.off_policy.open_bandit import CAMPAIGNS, LoggingPolicy, read_open_bandit
from firstlight_evaluation.off_policy.tables import comparison_tables, coverage_table
from firstlight_evaluation.off_policy.thompson_chances import read_priors, thompson_chances
from firstlight_evaluation.report.console import rich_table

_COLUMNS_FOR_DETAILS = 125


def command(
    open_bandit: Annotated[
        Path | None, typer.Option(help="The Open Bandit Dataset's folder, which holds random/ and bts/.")
    ] = None,
    priors: Annotated[
        Path | None, typer.Option(help="The first posteriors of its Thompson sampling (obp's prior_bts.yaml).")
    ] = None,
    out: Annotated[Path, typer.Option(help="The report's folder.")] = Path("reports/ope"),
    logs: Annotated[int, typer.Option(min=2, help="How many logs the simulator draws for each row.")] = 200,
    rows: Annotated[list[int] | None, typer.Option(min=50, help="Of each of its logs; repeat it.")] = None,
) -> None:
    """Estimate policies from other policies' logs where the truth is known, and write tables, a plot and JSON.

    Example: firstlight-evaluate ope --open-bandit obd/ --logs 100
    """
    comparisons = [] if open_bandit is None else list(_comparisons(open_bandit, priors))
    coverage = measure_coverage(sizes=rows or [500, 5_000], logs=logs)
    files = write_off_policy(comparisons, coverage, directory=out)
    console = Console(highlight=False)
    for table in [*comparison_tables(comparisons), coverage_table(coverage)]:
        console.print(rich_table(table, details=console.width >= _COLUMNS_FOR_DETAILS))
    console.print("\n".join(f"wrote {path}" for path in files), soft_wrap=True)


def _comparisons(folder: Path, priors: Path | None) -> Iterator[Comparison]:
    for campaign in CAMPAIGNS:
        logs = {policy: read_open_bandit(folder, policy, campaign) for policy in LoggingPolicy}
        places = logs[LoggingPolicy.THOMPSON].place_count
        chances = None
        if priors is not None:
            chances = thompson_chances(*read_priors(priors, campaign), places=places, seed=0)
        yield from compare(campaign, logs, priors=chances)
