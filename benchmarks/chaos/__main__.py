"""`make chaos`: does every fault its nightly number of times, and says what became of it.

Knows nothing of any fault.
"""

import json
import sys
import time
import traceback
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from benchmarks.chaos.fault import Fault, Outcome
from benchmarks.chaos.faults import all_faults

PRINTED_COLUMNS = 140


@dataclass(frozen=True, kw_only=True)
class Row:
    """One fault and its outcome."""

    id: str
    title: str
    seconds: float
    outcome: Outcome


def main(
    only: Annotated[list[str] | None, typer.Option(help="Do this fault alone, by its id; may be given again.")] = None,
    rounds: Annotated[int | None, typer.Option(min=1, help="Rounds of each; by default its nightly number.")] = None,
    seed: Annotated[int, typer.Option(help="Decides whatever is left to chance.")] = 0,
    out: Annotated[Path, typer.Option(help="Where the outcomes go.")] = Path("reports/chaos.json"),
) -> None:
    """Hurt the service, and see whether it keeps its promises."""
    console = Console(width=None if sys.stdout.isatty() else PRINTED_COLUMNS)
    faults = all_faults()
    wanted = set(only or ()) or {fault.id for fault in faults}
    if unknown := wanted - {fault.id for fault in faults}:
        raise typer.BadParameter(f"no fault {', '.join(sorted(unknown))}; there are {', '.join(f.id for f in faults)}")
    rows: list[Row] = []
    for fault in faults:
        if fault.id in wanted:
            console.print(f"{fault.id}: {fault.title} ...")
            rows.append(_done(fault, rounds or fault.rounds, seed))
            _write(rows, out, seed)
    console.print(_table(rows))
    failed = sum(not row.outcome.passed for row in rows)
    console.print(f"{len(rows) - failed} passed, {failed} failed")
    raise typer.Exit(1 if failed else 0)


def _done(fault: Fault, rounds: int, seed: int) -> Row:
    began_s = time.monotonic()
    try:
        outcome = fault.run(rounds, seed)
    except Exception as error:  # noqa: BLE001 - the edge: a fault that breaks the test is a failure like others
        traceback.print_exc()
        outcome = Outcome(rounds=rounds, failures=(f"{type(error).__name__}: {error}",))
    return Row(id=fault.id, title=fault.title, seconds=time.monotonic() - began_s, outcome=outcome)


def _write(rows: list[Row], out: Path, seed: int) -> None:
    out.parent.mkdir(parents=True, exist_ok=True)
    records = [asdict(row) | {"passed": row.outcome.passed, "seed": seed} for row in rows]
    out.write_text(json.dumps(records, indent=2) + "\n", encoding="utf-8")


def _table(rows: list[Row]) -> Table:
    table = Table()
    for heading in ("fault", "what", "rounds", "seconds", "", "figures, and what was not as promised"):
        table.add_column(heading)
    for row in rows:
        seen = [f"{name} {value:,.4g}" for name, value in row.outcome.figures.items()]
        told = "\n".join(filter(None, [row.outcome.detail, "; ".join(seen), *row.outcome.failures]))
        verdict = "passed" if row.outcome.passed else "FAILED"
        table.add_row(row.id, row.title, f"{row.outcome.rounds:,}", f"{row.seconds:,.1f}", verdict, told)
    return table


if __name__ == "__main__":
    typer.run(main)
