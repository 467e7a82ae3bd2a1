"""Reads one JSON Lines file as blocks of raw text columns, accounting for every line by its number.

Numbers keep the digits they were written with; lists and objects stay JSON text.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import polars as pl

from firstlight_indexer.errors import SourceFileError
from firstlight_indexer.reading.file_format import head_bytes
from firstlight_indexer.reading.line_blocks import LineBlock, line_blocks
from firstlight_indexer.reading.row_columns import FAULT, FILE, LINE, ROW, text_schema, unreadable


def sample_keys(path: Path, *, encoding: str) -> tuple[str, ...]:
    """Return the keys of the objects in the file's first lines, in order of appearance.

    Raises:
        SourceFileError: None of the first lines is a JSON object.
    """
    lines = head_bytes(path).decode(encoding, errors="replace").split("\n")
    keys: dict[str, None] = {}
    for line in lines:
        parsed = _parse(line)
        if isinstance(parsed, dict):
            keys.update(dict.fromkeys(cast("dict[str, object]", parsed)))
    if not keys:
        hint = (
            "Write one object a line, not one array" if lines[0].lstrip().startswith("[") else "Write one object a line"
        )
        raise SourceFileError(
            path, f"no JSON object in the first lines; it begins {lines[0][:60]!r}", way_out=hint, row=1
        )
    return tuple(keys)


@dataclass(frozen=True, kw_only=True)
class JsonLinesFile:
    """A JSON Lines file that is about to be read.

    Attributes:
        path: The file.
        index: Its place among the table's files.
        columns: The keys that are wanted.
        encoding: Of the bytes.
    """

    path: Path
    index: int
    columns: tuple[str, ...]
    encoding: str

    def blocks(self, advance: Callable[[int], None]) -> Iterator[pl.DataFrame]:
        """Yield the rows in the file's order: the wanted keys as strings (absent = null) and the row columns."""
        for block in line_blocks(self.path, encoding=self.encoding, advance=advance):
            yield self._read(block)

    def _read(self, block: LineBlock) -> pl.DataFrame:
        rows: list[int] = []
        values: dict[str, list[str | None]] = {column: [] for column in self.columns}
        faults: list[tuple[int, str, str]] = []
        for row, line in enumerate(block.data.split(b"\n"), start=block.first_line):
            if not line.strip():
                continue
            parsed = _parse_line(line)
            if isinstance(parsed, str):
                faults.append((row, parsed, line.decode(errors="replace")))
                continue
            rows.append(row)
            for column in self.columns:
                values[column].append(_text(parsed.get(column)))
        absent = [None] * len(rows)
        good = pl.DataFrame(
            {**values, FILE: [self.index] * len(rows), ROW: rows, FAULT: absent, LINE: absent},
            schema=text_schema(self.columns),
        )
        return pl.concat([good, unreadable(faults, file_index=self.index, columns=self.columns)]).sort(ROW)


def _parse_line(line: bytes) -> dict[str, object] | str:
    """Return the object of a line, or why there is none."""
    try:
        text = line.decode()
    except UnicodeDecodeError:
        return "bytes that are not UTF-8 text"
    parsed = _parse(text)
    return cast("dict[str, object]", parsed) if isinstance(parsed, dict) else "not a JSON object"


def _parse(text: str) -> object:
    try:
        return json.loads(text, parse_float=str, parse_int=str, parse_constant=str)
    except (ValueError, RecursionError):
        return None


def _text(value: object) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
