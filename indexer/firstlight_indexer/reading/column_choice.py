"""Chooses which of a file's columns make each contract column, and stops when one that must be there is not."""

import difflib
from pathlib import Path

from firstlight_indexer.errors import SourceFileError
from firstlight_indexer.reading.source import TableSource


def choose_columns(source: TableSource, path: Path, present: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Return contract column -> the file's columns, for the contract columns that `path` has.

    Raises:
        SourceFileError: A required column, or one that firstlight.toml names, is not in the file.
    """
    chosen: dict[str, tuple[str, ...]] = {}
    for name, columns in source.wanted().items():
        missing = [column for column in columns if column not in present]
        if not missing:
            chosen[name] = columns
        elif name in source.columns or name in source.required:
            raise _missing(source, path, name, missing[0], present)
    return chosen


def _missing(source: TableSource, path: Path, name: str, column: str, present: tuple[str, ...]) -> SourceFileError:
    close = difflib.get_close_matches(column, present, n=1)
    hint = f' (did you mean "{close[0]}"?)' if close else ""
    way_out = f'Map it in firstlight.toml: [{source.table}.columns] {name} = "..."{hint}'
    if len(present) == 1 and (other := next((mark for mark in ";\t|" if mark in present[0]), None)):
        way_out = f"The fields seem to be separated by {other!r}: set [{source.table}] separator = {other!r}"
    listed = ", ".join(present[:20]) + (", ..." if len(present) > 20 else "")
    return SourceFileError(
        path,
        f"there is no such column, which should hold {name}; the file has: {listed}",
        way_out=way_out,
        row=1,
        column=column,
    )
