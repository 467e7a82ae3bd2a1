"""``firstlight-evaluate next``. Draws progress and prints results; every decision is made elsewhere."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from firstlight_encoder.split import split_users
from firstlight_evaluation.errors import NoCasesError
from firstlight_evaluation.next_step.report import NextReport
from firstlight_evaluation.next_step.study import study_next
from firstlight_evaluation.report.console import rich_table
from firstlight_indexer.catalogue import Catalogue
from firstlight_indexer.cleaning import clean
from firstlight_indexer.domain_file import load_domain
from firstlight_indexer.event_log import read_interactions
from firstlight_indexer.pipeline_settings import pipeline_settings
from firstlight_indexer.progress_bars import progress_bars

_COLUMNS_FOR_DETAILS = 125


def command(
    domain: Annotated[Path, typer.Option(help="A firstlight.toml, or the folder that holds it.")],
    workdir: Annotated[Path, typer.Option(help="Keeps cleaned data; share it with the index.")],
    reports: Annotated[Path, typer.Option(help="The report goes into DOMAIN/ in here.")] = Path("reports"),
    most: Annotated[int, typer.Option(min=1, help="Baskets judged a subject.")] = 6_000,
    seed: Annotated[int, typer.Option(help="Of what is drawn.")] = 0,
) -> None:
    """Measure how well the next category, brand and type of event are foretold, and how probable that is.

    Example: firstlight-evaluate next --domain var/domains/my-shop --workdir var/build/my-shop
    """
    loaded = load_domain(domain)
    with progress_bars(Console(stderr=True)) as progress:
        cleaned = clean(loaded, workdir / "clean", progress=progress)
    catalogue, table = Catalogue.read(cleaned), pipeline_settings(loaded).evaluation
    split = split_users(
        read_interactions(cleaned, catalogue),
        seed=table.split_seed,
        validation_share=table.validation_share,
        test_share=table.test_share,
        time_quantile=table.time_quantile if table.heeds_times(cleaned.times) else None,
        max_test_users=table.max_test_users,
    )
    paths = catalogue.categories if catalogue.meaning == "path" else [list[str]() for _ in catalogue.categories]
    try:
        found = study_next(split, categories=paths, brands=catalogue.frame["brand"].to_list(), seed=seed, most=most)
    except NoCasesError as reason:  # so `make profile` goes on to shifts, which need no names
        sys.stdout.write(f"{loaded.name}: {reason}\n")
        return
    facts = {"seed": seed, "most": most, "split_seed": table.split_seed}
    report = NextReport(loaded.name, found, facts, loaded.notice)
    files = report.write(reports / loaded.name)
    console = Console(highlight=False)
    for shown in report.tables():
        console.print(rich_table(shown, details=console.width >= _COLUMNS_FOR_DETAILS))
    sys.stdout.write("".join(f"wrote {path}\n" for path in files))
