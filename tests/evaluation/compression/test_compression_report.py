import json
from pathlib import Path

import pytest

from firstlight_evaluation.compression.compressed_build import Part
from firstlight_evaluation.compression.compression_report import compression_tables, write_compression_report
from firstlight_evaluation.compression.price_list import PointPrice, PriceRow


def price(part: Part, build: str, *, loss: float) -> PriceRow:
    points = (
        PointPrice(k=0, declared=False, full=0.1, value=0.0, low=0.0, high=0.0, users=9),
        PointPrice(k=3, declared=False, full=0.1, value=-0.1 * loss, low=-0.2 * loss, high=-0.05 * loss, users=9),
    )
    return PriceRow(part.value, build, 22.8, 1.5, 0.993, loss, 0.004, loss > 0.01, points)


@pytest.fixture
def rows() -> list[PriceRow]:
    return [price(part, build, loss=loss) for part in Part for build, loss in (("full", 0.0), ("small", 0.02))]


def test_tables_hold_sizes_times_and_prices_and_mark_what_is_refused(rows: list[PriceRow]) -> None:
    encoders, indexes = compression_tables(rows)
    assert [cell.text for cell in encoders.heads] == [
        "build", "MB", "ms a text", "cosine to full", "loss on validation", "0 nothing", "3",
    ]  # fmt: skip
    assert indexes.heads[2].text == "ms a query"
    full, small = encoders.rows
    assert [cell.text for cell in small] == ["small", "22.80", "1.500", "0.9930", "+2.00%", "0", "-0.0020"]
    assert [cell.strong for cell in small] == [False, False, False, False, True, False, True]
    assert not any(cell.strong for cell in full)


def test_the_report_is_a_page_rows_and_a_plot(rows: list[PriceRow], tmp_path: Path) -> None:
    files = write_compression_report(rows, domain="shop", notice="Made up.", directory=tmp_path / "new")
    assert [path.name for path in files] == [
        "compression.json", "compression.md", "compression.svg", "compression.png",
    ]  # fmt: skip
    content = json.loads((tmp_path / "new" / "compression.json").read_text())
    assert [(row["part"], row["build"], row["refused"]) for row in content["rows"]] == [
        (row.part, row.build, row.refused) for row in rows
    ]
    page = (tmp_path / "new" / "compression.md").read_text()
    assert "> Made up." in page
    assert "**+2.00%**" in page
    assert all(path.stat().st_size > 1_000 for path in files[2:])
