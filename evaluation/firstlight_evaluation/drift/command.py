"""``firstlight-evaluate drift``. Draws progress and prints results; every decision is made elsewhere."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from firstlight_encoder.profile.change_point import ChangePointModel
from firstlight_encoder.profile.profile_model_file import PROFILE, read_profile_model
from firstlight_evaluation.drift.report import DriftReport
from firstlight_evaluation.drift.served import served
from firstlight_evaluation.drift.study import study_drift
from firstlight_evaluation.report.console import rich_table
from firstlight_indexer.domain_file import load_domain
from firstlight_indexer.progress_bars import progress_bars
from firstlight_store import Snapshot, SnapshotStore

_COLUMNS_FOR_DETAILS = 125


def command(  # noqa: PLR0913, PLR0917 - each parameter is an option of the command line
    domain: Annotated[Path, typer.Option(help="A firstlight.toml, or the folder that holds it.")],
    workdir: Annotated[Path, typer.Option(help="Keeps cleaned data; share it with the index.")],
    snapshots: Annotated[Path, typer.Option(help="Where the domain's snapshot was published.")],
    tenant: Annotated[str, typer.Option(help="Whose snapshot it is.")] = "default",
    users: Annotated[
        Path | None, typer.Option(help="A domain over the same items: its further users judge, not those held out.")
    ] = None,
    journeys: Annotated[int, typer.Option(min=1, help="Users of each kind, drawn with turns.")] = 2_000,
    reports: Annotated[Path, typer.Option(help="The report goes into DOMAIN/ in here.")] = Path("reports"),
    seed: Annotated[int, typer.Option(help="Of what is drawn.")] = 0,
) -> None:
    """Measure how shifts of interest are noticed and what heeding them is worth, on a published snapshot.

    Example: firstlight-evaluate drift --domain var/domains/my-shop --workdir var/build/my-shop --snapshots var/data
    """
    loaded = load_domain(domain)
    others = None if users is None else load_domain(users)
    with progress_bars(Console(stderr=True)) as progress, SnapshotStore(snapshots, tenant).open() as snapshot:
        model = _own_model(snapshot)
        found = study_drift(
            served(snapshot, loaded, workdir=workdir, users=others),
            journeys=journeys,
            seed=seed,
            model=model,
            progress=progress,
        )
        facts = {
            "snapshot_id": snapshot.id,
            "seed": seed,
            "journeys": journeys,
            "users_of": None if others is None else others.name,
        }
    report = DriftReport(loaded.name, found, facts, loaded.notice)
    files = report.write(reports / loaded.name)
    console = Console(highlight=False)
    for table in report.tables():
        console.print(rich_table(table, details=console.width >= _COLUMNS_FOR_DETAILS))
    sys.stdout.write("".join(f"wrote {path}\n" for path in files))


def _own_model(snapshot: Snapshot) -> ChangePointModel | None:
    """The snapshot's own, where it has one."""
    if not snapshot.has(PROFILE):
        return None
    dimension = snapshot.items_vectors().shape[1] - 1
    return read_profile_model(snapshot.path(PROFILE), dimension=dimension).change
