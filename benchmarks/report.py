"""Where a benchmark's rows go: a JSON file for machines and a table for people. Knows nothing of what was measured."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.measure import Row


def write_rows(rows: Sequence[Row], path: Path) -> None:
    """Write the rows as a JSON list of objects, the fields of `Row` each."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([asdict(row) for row in rows], indent=2) + "\n", encoding="utf-8")


def show_rows(rows: Sequence[Row], console: Console) -> None:
    """Print the rows as a table."""
    table = Table(caption="median of the runs; spread: the smallest and the largest run; ratio: value ÷ baseline")
    table.add_column("benchmark")
    for heading in ("value", "spread", "baseline", "ratio", "runs"):
        table.add_column(heading, justify="right")
    for row in rows:
        table.add_row(
            row.name,
            f"{row.value:,.3g} {row.unit}" if row.value < 1000 else f"{row.value:,.0f} {row.unit}",
            f"{row.low:,.3g} – {row.high:,.3g}",
            "" if row.baseline is None else f"{row.baseline:,.3g}",
            "" if row.ratio is None else f"{row.ratio:.2f}×",
            str(row.runs),
        )
    console.print(table)
