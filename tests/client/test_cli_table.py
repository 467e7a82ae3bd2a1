"""The table writer: alignment, cutting, characters that take two cells or none."""

import pytest

from firstlight._cli.table import Column, Row, fit, one_line, render, width


@pytest.mark.parametrize(
    ("text", "cells"), [("", 0), ("abc", 3), ("größe", 5), ("牛乳", 4), ("e\u0301", 1), ("a\u200bb", 2)]
)
def test_width_counts_terminal_cells(text: str, cells: int) -> None:
    assert width(text) == cells


def test_columns_are_aligned_under_their_heads() -> None:
    columns = (Column("ITEM"), Column("SCORE", right=True), Column("NAME"))
    rows = [Row(("a", "1.5", "Milk")), Row(("longer", "10.25", "牛乳")), Row(("b", "2", "Tea"), ("a note",))]
    assert render(columns, rows) == [
        "ITEM    SCORE  NAME",
        "a         1.5  Milk",
        "longer  10.25  牛乳",
        "b           2  Tea",
        "    a note",
    ]


def test_a_wide_character_moves_what_follows_by_two() -> None:
    lines = render((Column("A"), Column("B")), [Row(("牛乳", "x")), Row(("abcd", "y"))])
    assert lines == ["A     B", "牛乳  x", "abcd  y"]


def test_a_column_without_content_is_left_out() -> None:
    assert render((Column("A"), Column("B")), [Row(("x", "")), Row(("y", ""))]) == ["A", "x", "y"]


def test_long_text_is_cut_and_marked() -> None:
    assert fit("Whole wheat bread", 8) == "Whole w…"
    assert fit("Whole", 5) == "Whole"
    assert width(fit("牛乳牛乳", 4)) <= 4
    assert render((Column("A", max_width=5),), [Row(("abcdefgh",))]) == ["A", "abcd…"]


def test_control_characters_do_not_reach_the_terminal() -> None:
    assert one_line("a\nb\tc\x1b[0md\u2028e") == "a b c [0md e"
