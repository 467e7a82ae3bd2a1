"""Where rows go."""

import json
from io import StringIO
from pathlib import Path

from rich.console import Console

from benchmarks.measure import summarise
from benchmarks.report import show_rows, write_rows

ROWS = [
    summarise("recommend", [1.5, 1.25, 1.75], unit="ms", baselines=[0.5, 0.5, 0.5]),
    summarise("texts encoded again", [0.0], unit="texts"),
]


def test_the_file_holds_a_row_of_the_agreed_fields_for_each_measurement(tmp_path: Path) -> None:
    write_rows(ROWS, tmp_path / "reports" / "bench.json")
    written = json.loads((tmp_path / "reports" / "bench.json").read_text(encoding="utf-8"))
    assert [list(row) for row in written] == [
        ["name", "value", "unit", "baseline", "ratio", "runs", "low", "high"] for _ in ROWS
    ]
    assert written[0] == {
        "name": "recommend",
        "value": 1.5,
        "unit": "ms",
        "baseline": 0.5,
        "ratio": 3.0,
        "runs": 3,
        "low": 1.25,
        "high": 1.75,
    }


def test_the_table_shows_each_measurement_with_its_unit_spread_and_ratio() -> None:
    shown = StringIO()
    show_rows(ROWS, Console(file=shown, width=120))
    assert "1.500 ms" in shown.getvalue()
    assert "1.250 – 1.750" in shown.getvalue()
    assert "3.00×" in shown.getvalue()
    assert "0 texts" in shown.getvalue()


def test_a_long_name_takes_no_room_from_the_numbers() -> None:
    shown = StringIO()
    rows = [summarise("peers, five events: Firstlight " * 4, [1234.0], unit="calls/s", baselines=[1000.0])]
    show_rows(rows, Console(file=shown, width=110))
    assert "1,234 calls/s" in shown.getvalue()
    assert "1.23×" in shown.getvalue()
    assert "…" not in shown.getvalue()
