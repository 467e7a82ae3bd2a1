"""Aligned plain-text tables, with an eye to wide and combining characters. It does not know what the cells mean."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_GAP = "  "
_ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        title: What stands at its head.
        right: Whether its cells are flushed right, as numbers are.
        max_width: How many terminal cells it takes at most; longer text is cut and marked with "…".
    """

    title: str
    right: bool = False
    max_width: int = 48


@dataclass(frozen=True, slots=True)
class Row:
    """One row, and lines that stand below it, indented."""

    cells: tuple[str, ...]
    notes: tuple[str, ...] = ()


def render(columns: Sequence[Column], rows: Sequence[Row]) -> list[str]:
    """Return the table's lines: the heads, then the rows with their notes. Columns without any content are left out."""
    kept = [place for place in range(len(columns)) if any(row.cells[place] for row in rows)]
    cells = [[fit(one_line(row.cells[place]), columns[place].max_width) for place in kept] for row in rows]
    heads = [columns[place].title for place in kept]
    widths = [max(map(width, column)) for column in zip(heads, *cells, strict=True)]
    rights = [columns[place].right for place in kept]
    lines = [_line(heads, widths, rights)]
    for row, written in zip(rows, cells, strict=True):
        lines.append(_line(written, widths, rights))
        lines.extend(f"{_GAP * 2}{one_line(note)}" for note in row.notes)
    return lines


def one_line(text: str) -> str:
    """Return the text without line breaks or control characters: a title must not steer the terminal."""
    return "".join(" " if unicodedata.category(each) in {"Cc", "Zl", "Zp"} else each for each in text)


def width(text: str) -> int:
    """Return how many terminal cells the text takes: two for wide characters, none for combining ones."""
    return sum(_cells(each) for each in text)


def fit(text: str, max_width: int) -> str:
    """Return the text, cut to `max_width` terminal cells and marked where it was."""
    if width(text) <= max_width:
        return text
    kept, taken = "", width(_ELLIPSIS)
    for each in text:
        taken += _cells(each)
        if taken > max_width:
            break
        kept += each
    return kept.rstrip() + _ELLIPSIS


def _cells(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def _line(cells: Sequence[str], widths: Sequence[int], rights: Sequence[bool]) -> str:
    padded: list[str] = []
    for cell, wanted, right in zip(cells, widths, rights, strict=True):
        blanks = " " * (wanted - width(cell))
        padded.append(blanks + cell if right else cell + blanks)
    return _GAP.join(padded).rstrip()
