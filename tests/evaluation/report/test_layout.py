"""Tables say what was measured, and say where nothing was."""

import io
from dataclasses import replace

from rich.console import Console

from firstlight_evaluation.report.console import rich_table
from firstlight_evaluation.report.layout import Cell, Table, curve_table, difference_cell, difference_table
from firstlight_evaluation.report.markdown import markdown_table
from firstlight_evaluation.rows import CurveRow, DifferenceRow


def row(model: str, k: int, value: float) -> CurveRow:
    return CurveRow(
        model=model,
        k=k,
        declared=False,
        metric="ndcg@10",
        value=value,
        low=value - 0.01,
        high=value + 0.01,
        users=1_234,
        seed=0,
    )


ROWS = [row("popularity", 0, 0.05), row("popularity", 1, 0.05), row("item-kNN P(j|i)", 1, 0.07)]


def test_the_best_of_a_point_is_strong_and_a_silent_model_has_a_dash() -> None:
    table = curve_table(ROWS, metric="ndcg@10", cohort="all")

    assert table.heads == (Cell("known events"), Cell("0 nothing", "n=1,234"), Cell("1", "n=1,234"))
    assert table.rows[0] == (
        Cell("popularity"),
        Cell("0.0500", "0.040–0.060", strong=True),
        Cell("0.0500", "0.040–0.060"),
    )
    assert table.rows[1][1:] == (Cell("–"), Cell("0.0700", "0.060–0.080", strong=True))
    assert "nothing to say" in table.note


def test_a_difference_that_no_user_sees_is_nothing_but_zero() -> None:
    same = replace(row("a", 1, 0.0), low=0.0, high=0.0)
    assert difference_cell(same) == Cell("0")
    assert difference_cell(None) == Cell("–")
    assert difference_cell(replace(same, low=-0.01, high=0.01)) == Cell("+0.0000", "-0.0100 to +0.0100")


def test_on_a_terminal_figures_stand_to_the_right_and_words_to_the_left() -> None:
    heads = (Cell("changed"), Cell("how"), Cell("1"))
    drawn = rich_table(Table("t", heads, ((Cell("a"), Cell("words"), Cell("+0.1")),), "n"), details=False)
    assert [column.justify for column in drawn.columns] == ["left", "left", "right"]


def test_a_difference_is_strong_only_where_its_interval_excludes_zero() -> None:
    sure = DifferenceRow(
        model="a",
        baseline="b",
        k=1,
        declared=False,
        metric="ndcg@10",
        value=0.01,
        low=0.002,
        high=0.018,
        relative=0.2,
        users=100,
    )
    unsure = replace(sure, k=2, low=-0.002, high=0.022, relative=None)

    table = difference_table([sure, unsure], cohort="all")

    assert [cells[3] for cells in table.rows] == [
        Cell("+0.0100", "+0.0020 to +0.0180", strong=True),
        Cell("+0.0100", "-0.0020 to +0.0220"),
    ]
    assert [cells[4].text for cells in table.rows] == ["+20.0%", "–"]


def test_markdown_keeps_a_bar_in_a_name_out_of_the_columns() -> None:
    lines = markdown_table(curve_table(ROWS, metric="ndcg@10", cohort="all")).splitlines()

    assert lines[0] == "## NDCG@10, all"
    assert r"| item-kNN P(j\|i) | – | **0.0700** (0.060–0.080) |" in lines


def shown(table: Table, *, details: bool) -> str:
    out = io.StringIO()
    Console(file=out, width=80).print(rich_table(table, details=details))
    return out.getvalue()


TABLE = Table("Title", (Cell("a"), Cell("b", "n=5")), ((Cell("x"), Cell("0.25", "0.1–0.4", strong=True)),), "Note.")


def test_a_console_shows_title_cells_and_note() -> None:
    text = shown(TABLE, details=False)

    assert all(part in text for part in ("Title", "x", "0.25", "Note."))
    assert "0.1–0.4" not in text


def test_a_wide_console_shows_details_beneath() -> None:
    text = shown(TABLE, details=True)

    assert all(part in text for part in ("n=5", "0.1–0.4"))


def test_seven_points_fit_eighty_columns() -> None:
    rows = [row("popularity in category", k, 0.05) for k in (0, 1, 2, 3, 5, 10)]
    declared = replace(rows[0], declared=True)
    text = shown(curve_table([*rows, declared], metric="ndcg@10", cohort="all"), details=False)

    assert text.count("0.0500") == 7
    assert "declared" in text
    assert "…" not in text
