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
    table.add_column("benchmark", overflow="fold")
    for heading in ("value", "spread", "baseline", "ratio", "runs"):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in rows:
        table.add_row(
            row.name,
            f"{_number(row.value)} {row.unit}",
            f"{_number(row.low)} – {_number(row.high)}",
            "" if row.baseline is None else _number(row.baseline),
            "" if row.ratio is None else f"{row.ratio:.2f}×",
            str(row.runs),
        )
    console.print(table)


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == round(value) or abs(value) >= 100 else f"{value:.3f}"
