"""Reads one CSV or TSV file as blocks of raw text columns, accounting for every line by its number.

Plain lines go through Polars, lines with quotes through `quoted_records`, the rest is handed on as unreadable.
"""

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from firstlight_indexer.errors import SourceFileError
from firstlight_indexer.reading.file_format import head_bytes
from firstlight_indexer.reading.line_blocks import LineBlock, line_blocks
from firstlight_indexer.reading.line_layout import LineLayout, lay_out
from firstlight_indexer.reading.quoted_records import read_record, wrong_count
from firstlight_indexer.reading.row_columns import FAULT, FILE, LINE, ROW, text_schema, unreadable

_Fault = tuple[int, str, str]


def read_header(path: Path, *, separator: str, encoding: str) -> tuple[str, ...]:
    """Return the column names in the first line.

    Raises:
        SourceFileError: The line is no header: not text, or with names that are empty or repeated.
    """
    line = head_bytes(path).split(b"\n", 1)[0].rstrip(b"\r").removeprefix(b"\xef\xbb\xbf")
    try:
        names = tuple(name.strip() for name in next(csv.reader([line.decode(encoding)], delimiter=separator)))
    except (UnicodeDecodeError, csv.Error) as error:
        raise SourceFileError(
            path,
            f"the header cannot be read as {encoding} ({error})",
            way_out='Set encoding = "latin-1", or save the file as UTF-8',
            row=1,
        ) from error
    for position, name in enumerate(names):
        if not name or name in names[:position]:
            problem = f"field {position + 1} of the header is empty" if not name else f"the header has {name!r} twice"
            raise SourceFileError(path, problem, way_out="Give every column a name of its own", row=1, column=name)
    return names


@dataclass(frozen=True, kw_only=True)
class DelimitedFile:
    """A CSV file that is about to be read.

    Attributes:
        path: The file.
        index: Its place among the table's files.
        header: Every column of the file, in order.
        columns: The columns that are wanted, in the file's order.
        separator: Between fields.
        encoding: Of the bytes.
    """

    path: Path
    index: int
    header: tuple[str, ...]
    columns: tuple[str, ...]
    separator: str
    encoding: str

    def blocks(self, advance: Callable[[int], None]) -> Iterator[pl.DataFrame]:
        """Yield the rows in the file's order: the wanted columns as strings (empty = null) and the row columns."""
        carried = b""
        for block in line_blocks(self.path, encoding=self.encoding, advance=advance):
            whole = LineBlock(carried + block.data, block.first_line - carried.count(b"\n"), block.last)
            frame, used = self._read(whole)
            carried = whole.data[used:]
            yield frame

    def _read(self, block: LineBlock) -> tuple[pl.DataFrame, int]:
        """Return the block's rows, and how many of its bytes were used: an open record waits for the next block."""
        layout = lay_out(block.data, separator=self.separator)
        plain = (layout.separators == len(self.header) - 1) & ~(layout.quoted | layout.blank | layout.broken)
        if block.first_line == 1:
            plain[:1] = False
        plain &= ~self._repeated_headers(block, layout)
        if plain.all():
            return self._plain_rows(block, layout, plain), len(block.data)
        return self._mixed_rows(block, layout, plain)

    def _repeated_headers(self, block: LineBlock, layout: LineLayout) -> NDArray[np.bool_]:
        header = self.separator.join(self.header).encode()
        repeated = np.zeros(len(layout.starts), dtype=bool)
        if header in block.data:
            for line in np.flatnonzero(layout.ends - layout.starts == len(header)):
                repeated[line] = block.data[layout.starts[line] : layout.ends[line]] == header
        return repeated

    def _mixed_rows(self, block: LineBlock, layout: LineLayout, plain: NDArray[np.bool_]) -> tuple[pl.DataFrame, int]:
        reader = _OddLines(self, block, layout)
        used = reader.read(plain)
        parts = [self._plain_rows(block, layout, plain), reader.records(), reader.faults()]
        return pl.concat(parts).sort(ROW), used

    def _plain_rows(self, block: LineBlock, layout: LineLayout, plain: NDArray[np.bool_]) -> pl.DataFrame:
        rows = block.first_line + np.flatnonzero(plain)
        data = block.data if plain.all() else _lines(block.data, layout, plain)
        if not len(rows):
            return pl.DataFrame(schema=text_schema(self.columns))
        frame = pl.read_csv(
            io.BytesIO(data), has_header=False, schema=dict.fromkeys(self.header, pl.String),
            separator=self.separator, quote_char=None,
        )  # fmt: skip
        return self._placed(frame.select(self.columns), rows)

    def _placed(self, frame: pl.DataFrame, rows: NDArray[np.int64]) -> pl.DataFrame:
        absent = pl.lit(None, dtype=pl.String)
        file = pl.lit(self.index, dtype=pl.UInt32)
        return frame.with_columns(
            file.alias(FILE), pl.Series(ROW, rows, dtype=pl.Int64), absent.alias(FAULT), absent.alias(LINE)
        )


def _lines(data: bytes, layout: LineLayout, chosen: NDArray[np.bool_]) -> bytes:
    """Join the chosen lines, copying neighbours in one piece."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], chosen, [False]]).astype(np.int8)))
    runs = zip(edges[::2], edges[1::2], strict=True)
    return b"\n".join(data[layout.starts[first] : layout.ends[after - 1]] for first, after in runs)


class _OddLines:
    """The lines of one block that are not plain: quoted records and unreadable lines."""

    def __init__(self, file: DelimitedFile, block: LineBlock, layout: LineLayout) -> None:
        self._file = file
        self._block = block
        self._layout = layout
        self._records: list[tuple[int, list[str]]] = []
        self._faults: list[_Fault] = []

    def read(self, plain: NDArray[np.bool_]) -> int:
        """Sort out the lines that are not `plain`, take from `plain` those in quoted records; return bytes used."""
        next_line = 0
        for line in np.flatnonzero(~plain).tolist():
            if line < next_line or self._layout.blank[line] or (line == 0 and self._block.first_line == 1):
                continue
            taken = self._read_line(line)
            if taken == 0:
                plain[line:] = False
                return int(self._layout.starts[line])
            next_line = line + taken
            plain[line:next_line] = False
        return len(self._block.data)

    def _read_line(self, line: int) -> int:
        """Read the record at `line`; return the lines it takes, 0 when the next block is needed."""
        if not self._layout.quoted[line] or self._layout.broken[line]:
            self._faults.append((self._block.first_line + line, self._fault(line), self._text(line) or ""))
            return 1
        record = read_record(
            lambda offset: self._text(line + offset),
            separator=self._file.separator, field_count=len(self._file.header), last=self._block.last,
        )  # fmt: skip
        if record is None:
            return 0
        if record.fields is not None:
            self._records.append((self._block.first_line + line, record.fields))
        else:
            self._faults.append((self._block.first_line + line, record.fault or "", self._text(line) or ""))
        return record.line_count

    def _text(self, line: int) -> str | None:
        if line >= len(self._layout.starts):
            return None
        return self._block.data[self._layout.starts[line] : self._layout.ends[line]].decode(errors="replace")

    def _fault(self, line: int) -> str:
        if self._layout.broken[line]:
            return "bytes that are not UTF-8 text"
        found = int(self._layout.separators[line]) + 1
        if found == len(self._file.header):
            return "the header again"
        return wrong_count(found, len(self._file.header))

    def records(self) -> pl.DataFrame:
        """Return the quoted records as rows."""
        places = {column: self._file.header.index(column) for column in self._file.columns}
        values = {column: [fields[place] or None for _, fields in self._records] for column, place in places.items()}
        count = len(self._records)
        return pl.DataFrame(
            {
                **values,
                FILE: [self._file.index] * count,
                ROW: [row for row, _ in self._records],
                FAULT: [None] * count,
                LINE: [None] * count,
            },
            schema=text_schema(self._file.columns),
        )

    def faults(self) -> pl.DataFrame:
        """Return the unreadable lines as rows."""
        return unreadable(self._faults, file_index=self._file.index, columns=self._file.columns)
