"""Reads the CSV records that hold quotes, one record at a time, over several lines where a quoted field goes on.

An unclosed quote costs its own line and no more: the lines after it are read as lines again.
"""

import csv
from collections.abc import Callable
from dataclasses import dataclass

MOST_LINES = 200
"""Lines a quoted field may span before its quote is held to be unclosed."""


@dataclass(frozen=True)
class Record:
    """One record, or the one line that could not be made part of a record.

    Attributes:
        fields: The values, or None when unreadable.
        line_count: Lines it takes.
        fault: Why it cannot be read, or None.
    """

    fields: list[str] | None
    line_count: int
    fault: str | None = None


def read_record(line_at: Callable[[int], str | None], *, separator: str, field_count: int, last: bool) -> Record | None:
    """Read the record that begins with line 0 of `line_at` (None past the end of the block).

    Returns:
        The record, or None when the block ends inside it and more of the file is to come.
    """
    text = line_at(0) or ""
    for count in range(1, MOST_LINES + 1):
        fields, is_open = _split(text, separator)
        if not is_open:
            return _closed(fields, count, field_count)
        following = line_at(count)
        if following is None and not last:
            return None
        if following is None:
            break
        text += "\n" + following
    return Record(None, 1, "a quote is opened and never closed")


def _closed(fields: list[str], line_count: int, field_count: int) -> Record:
    if len(fields) == field_count:
        return Record(fields, line_count)
    if line_count == 1:
        return Record(None, 1, wrong_count(len(fields), field_count))
    return Record(None, 1, "a quote is opened and never closed")


def wrong_count(found: int, wanted: int) -> str:
    """Say that a line has the wrong number of fields."""
    return f"{found} field{'' if found == 1 else 's'} instead of {wanted}"


def _split(text: str, separator: str) -> tuple[list[str], bool]:
    """Return the fields of `text`, and whether a quote is still open at its end."""
    # A lone quote inside an unquoted field is text (5" pipe), which only the lenient reader accepts.
    try:
        return next(csv.reader([text], delimiter=separator, strict=True)), False
    except csv.Error as error:
        is_open = "unexpected end of data" in str(error)
    try:
        return next(csv.reader([text], delimiter=separator)), is_open
    except csv.Error:
        return [], False
