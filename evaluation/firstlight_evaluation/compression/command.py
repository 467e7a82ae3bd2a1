"""The command ``firstlight-evaluate compress``: options in, tables and files out. Every decision is made elsewhere."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from firstlight_evaluation.compression.compression_report import compression_tables, write_compression_report
from firstlight_evaluation.compression.measure_compression import CompressionRun
from firstlight_evaluation.experiment import open_experiment
from firstlight_evaluation.report.console import rich_table
from firstlight_indexer.domain_file import load_domain
from firstlight_indexer.pipeline_settings import pipeline_settings
from firstlight_indexer.progress_bars import progress_bars

_COLUMNS_FOR_DETAILS = 200


def command(
    domain: Annotated[Path, typer.Option(help="A firstlight.toml, or the folder that holds it.")],
    workdir: Annotated[Path, typer.Option(help="Keeps cleaned data, text vectors and smaller encoders.")],
    reports: Annotated[Path, typer.Option(help="The report goes into DOMAIN/ in here.")] = Path("reports"),
    out: Annotated[Path | None, typer.Option(help="The report's very folder, instead of --reports.")] = None,
) -> None:
    """Measure what smaller encoders and indexes save, and what they cost in accuracy.

    Cuts are those of the domain's table [compress]; where it asks for none, half the layers and a quarter of the heads.

    Example: firstlight-evaluate compress --domain var/domains/my-shop --workdir var/build/my-shop
    """
    opened = load_domain(domain)
    with progress_bars(Console(stderr=True)) as progress:
        experiment = open_experiment(opened, workdir=workdir, progress=progress)
        rows = CompressionRun(experiment=experiment, settings=pipeline_settings(opened), workdir=workdir).rows()
    files = write_compression_report(
        rows, domain=opened.name, notice=opened.notice, directory=out or reports / opened.name
    )
    console = Console(highlight=False)
    for table in compression_tables(rows):
        console.print(rich_table(table, details=console.width >= _COLUMNS_FOR_DETAILS))
    console.print("\n".join(f"wrote {path}" for path in files), soft_wrap=True)
