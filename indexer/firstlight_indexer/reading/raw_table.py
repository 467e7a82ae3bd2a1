"""The door of `reading`: opens a table's files and gives one lazy frame with the contract's column names.

It checks that the files are what they claim to be; it judges no value.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from polars.io.plugins import register_io_source

from firstlight_indexer.errors import SourceFileError
from firstlight_indexer.progress import Progress, silent
from firstlight_indexer.reading.column_choice import choose_columns
from firstlight_indexer.reading.delimited import DelimitedFile, read_header
from firstlight_indexer.reading.file_format import FileFormat, file_format
from firstlight_indexer.reading.json_lines import JsonLinesFile, sample_keys
from firstlight_indexer.reading.parquet import parquet_columns, scan_parquet
from firstlight_indexer.reading.row_columns import FAULT, FILE, LINE, ROW, text_schema
from firstlight_indexer.reading.source import TableSource


@dataclass(frozen=True)
class RawTable:
    """A table as the shop wrote it.

    Attributes:
        frame: The contract columns that the files have (strings, or Parquet's own types), then FILE, ROW, FAULT, LINE;
            in the files' order.
        files: The files, sorted by name.
        columns: The contract columns that are there, in the contract's order.
    """

    frame: pl.LazyFrame
    files: tuple[Path, ...]
    columns: tuple[str, ...]


def scan(source: TableSource, *, progress: Progress = silent) -> RawTable:
    """Open `source` without reading its rows yet.

    Raises:
        SourceFileError: No file, or a file that is not what it claims to be.
    """
    files = find_files(source.pattern)
    advance = _byte_counter(f"read {source.table}", files, progress)
    choices = [choose_columns(source, path, _columns_of(path, source)) for path in files]
    _require_same_columns(files, choices)
    frames = [
        _open(path, index, source, choice, advance).select(
            *[_combine(name, columns, source) for name, columns in choice.items()], FILE, ROW, FAULT, LINE
        )
        for index, (path, choice) in enumerate(zip(files, choices, strict=True))
    ]
    _require_same_types(files, frames)
    return RawTable(pl.concat(frames), files, tuple(choices[0]))


def find_files(pattern: Path) -> tuple[Path, ...]:
    """Return the files a path or a glob stands for, sorted by name."""
    if pattern.is_file():
        return (pattern,)
    inside = pattern.relative_to(pattern.anchor)
    found = tuple(sorted(path for path in Path(pattern.anchor).glob(str(inside)) if path.is_file()))
    if not found:
        raise SourceFileError(
            pattern, "there is no such file", way_out="Correct `path` in firstlight.toml; it is relative to that file"
        )
    return found


def _columns_of(path: Path, source: TableSource) -> tuple[str, ...]:
    kind = file_format(path)
    if kind is FileFormat.PARQUET:
        return parquet_columns(path)
    if kind is FileFormat.JSON_LINES:
        return sample_keys(path, encoding=source.encoding)
    return read_header(path, separator=source.separator, encoding=source.encoding)


def _open(
    path: Path, index: int, source: TableSource, choice: Mapping[str, tuple[str, ...]], advance: Callable[[int], None]
) -> pl.LazyFrame:
    chosen = tuple(dict.fromkeys(column for columns in choice.values() for column in columns))
    kind = file_format(path)
    if kind is FileFormat.PARQUET:
        return scan_parquet(path, index=index, columns=chosen)
    if kind is FileFormat.JSON_LINES:
        lines = JsonLinesFile(path=path, index=index, columns=chosen, encoding=source.encoding)
        return _lazy(lambda: lines.blocks(advance), chosen)
    header = read_header(path, separator=source.separator, encoding=source.encoding)
    ordered = tuple(column for column in header if column in chosen)
    rows = DelimitedFile(
        path=path, index=index, header=header, columns=ordered, separator=source.separator, encoding=source.encoding
    )
    return _lazy(lambda: rows.blocks(advance), ordered)


def _lazy(blocks: Callable[[], Iterator[pl.DataFrame]], columns: tuple[str, ...]) -> pl.LazyFrame:
    """Wrap an iterator of blocks for Polars, which pulls them one at a time."""

    def source(
        with_columns: list[str] | None, predicate: pl.Expr | None, n_rows: int | None, _batch_size: int | None
    ) -> Iterator[pl.DataFrame]:
        left = n_rows
        for block in blocks():
            taken = block if left is None else block.head(left)
            left = None if left is None else left - taken.height
            chosen = taken if predicate is None else taken.filter(predicate)
            yield chosen if with_columns is None else chosen.select(with_columns)
            if left == 0:
                return

    return register_io_source(source, schema=text_schema(columns))


def _combine(name: str, columns: tuple[str, ...], source: TableSource) -> pl.Expr:
    """Make contract column `name` of the file's columns."""
    if len(columns) == 1 and name != "attributes":
        return pl.col(columns[0]).alias(name)
    if name == "attributes" and columns != (name,) and isinstance(source.columns.get(name), tuple):
        return pl.struct(pl.col(column).cast(pl.String) for column in columns).struct.json_encode().alias(name)
    if len(columns) == 1:
        return pl.col(columns[0]).alias(name)
    joint = f" {source.category_separator} " if name == "category" else " "
    return pl.concat_str(
        [pl.col(column).cast(pl.String) for column in columns], separator=joint, ignore_nulls=True
    ).alias(name)


def _require_same_columns(files: tuple[Path, ...], choices: list[dict[str, tuple[str, ...]]]) -> None:
    for path, choice in zip(files[1:], choices[1:], strict=True):
        differing = sorted(set(choice) ^ set(choices[0]))
        if differing:
            raise SourceFileError(
                path, f"its columns differ from those of {files[0]}: only one of them has {differing[0]!r}",
                way_out="Give every file of one path the same header", row=1, column=differing[0],
            )  # fmt: skip


def _require_same_types(files: tuple[Path, ...], frames: list[pl.LazyFrame]) -> None:
    first = frames[0].collect_schema()
    for path, frame in zip(files[1:], frames[1:], strict=True):
        for name, kind in frame.collect_schema().items():
            if kind != first[name]:
                raise SourceFileError(
                    path,
                    f"{name} is {kind} here and {first[name]} in {files[0]}",
                    way_out="Write both with one type",
                    column=name,
                )


def _byte_counter(stage: str, files: tuple[Path, ...], progress: Progress) -> Callable[[int], None]:
    total = sum(path.stat().st_size for path in files)
    done = 0

    def advance(count: int) -> None:
        nonlocal done
        done += count
        progress(stage, done, total)

    return advance
