"""``firstlight-evaluate transfer``: what training with other domains does to each. Prints; decides nothing."""

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from firstlight_evaluation.experiment import open_experiment
from firstlight_evaluation.report.console import rich_table
from firstlight_evaluation.transfer_study import study_transfer
from firstlight_indexer.domain_file import DomainFile, load_domain
from firstlight_indexer.errors import DomainFileError
from firstlight_indexer.progress_bars import progress_bars

_COLUMNS_FOR_DETAILS = 125


def transfer(
    domain: Annotated[Path, typer.Option(help="A firstlight.toml, or the folder that holds it.")],
    workdir: Annotated[Path, typer.Option(help="Keeps cleaned data and text vectors; share it with the index.")],
    source: Annotated[list[Path] | None, typer.Option(help="A domain to learn from, instead of [transfer].")] = None,
    weight: Annotated[list[float] | None, typer.Option(help="What the sources count together; repeat it.")] = None,
    reports: Annotated[Path, typer.Option(help="The report goes into DOMAIN/ in here.")] = Path("reports"),
    as_json: Annotated[bool, typer.Option("--json", help="Print the rows as JSON instead of tables.")] = False,
) -> None:
    """Train with other domains at several weights, and without the domain itself, and write what it gains or loses.

    Example: firstlight-evaluate transfer --domain var/domains/my-shop --workdir var/build/my-shop
    --source var/domains/other-shop --weight 0.25 --weight 0.5
    """
    with progress_bars(Console(stderr=True)) as progress:
        experiment = open_experiment(_with_sources(load_domain(domain), source), workdir=workdir, progress=progress)
        report = study_transfer(experiment, grid=weight or ())
    files = report.write(reports / report.domain)
    experiment.trainer.forget()
    if as_json:
        sys.stdout.write(json.dumps({"files": [str(path) for path in files], "rows": [asdict(r) for r in report.rows]}))
        return
    console = Console(highlight=False)
    for table in report.tables():
        console.print(rich_table(table, details=console.width >= _COLUMNS_FOR_DETAILS))
    console.print("\n".join(f"wrote {path}" for path in files), soft_wrap=True)


def _with_sources(domain: DomainFile, sources: list[Path] | None) -> DomainFile:
    """``domain`` with ``sources`` (relative to the working directory) instead of its own, if any are given.

    Raises:
        DomainFileError: if there are no sources at all.
    """
    table: Mapping[str, object] = domain.pipeline.get("transfer", {})
    if sources:
        table = {**table, "sources": [str(path.absolute()) for path in sources]}
    if not table.get("sources"):
        raise DomainFileError(f"{domain.path}: [transfer] names no sources to learn from; give --source or add them")
    return replace(domain, pipeline={**domain.pipeline, "transfer": table})
