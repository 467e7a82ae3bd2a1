"""Decides what a file is, by its name and its first bytes, and stops when the two disagree."""

import gzip
import zlib
from enum import Enum
from pathlib import Path

from firstlight_indexer.errors import SourceFileError

SNIFFED_BYTES = 65_536
_GZIP_MAGIC = b"\x1f\x8b"
_PARQUET_MAGIC = b"PAR1"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


class FileFormat(Enum):
    """A kind of table file; the value lists the endings it goes by."""

    PARQUET = (".parquet", ".pq")
    CSV = (".csv", ".tsv", ".csv.gz", ".tsv.gz")
    JSON_LINES = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz")


def file_format(path: Path) -> FileFormat:
    """Return what `path` is.

    Raises:
        SourceFileError: The ending is unknown, the file is empty, or its bytes are of another kind.
    """
    claimed = _by_name(path)
    head = head_bytes(path)
    if not head:
        raise SourceFileError(path, "the file is empty", way_out="Export it again, or leave it out of the path", row=1)
    if claimed is FileFormat.PARQUET:
        _require_parquet(path, head)
    else:
        _require_text(path, head)
    return claimed


def head_bytes(path: Path) -> bytes:
    """Return the first bytes of a file, decompressed where it is a .gz."""
    if path.suffix != ".gz":
        with path.open("rb") as file:
            return file.read(SNIFFED_BYTES)
    try:
        with gzip.open(path) as file:
            return file.read(SNIFFED_BYTES)
    except (OSError, EOFError, zlib.error) as error:
        raise SourceFileError(
            path,
            f"the name says gzip but it cannot be unpacked ({error})",
            way_out="Take .gz off the name, or export it again",
        ) from error


def _by_name(path: Path) -> FileFormat:
    name = path.name.lower()
    for kind in FileFormat:
        if name.endswith(kind.value):
            return kind
    endings = ", ".join(ending for kind in FileFormat for ending in kind.value)
    raise SourceFileError(path, "the ending of the name is unknown", way_out=f"Name it with one of {endings}")


def _require_parquet(path: Path, head: bytes) -> None:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - len(_PARQUET_MAGIC)))
        tail = file.read()
    if not head.startswith(_PARQUET_MAGIC):
        raise SourceFileError(
            path,
            f"the name says Parquet but it begins with {head[:4]!r}, not with b'PAR1'",
            way_out="Name it after what it is",
            row=1,
        )
    if tail != _PARQUET_MAGIC:
        raise SourceFileError(
            path, "this Parquet file is cut off: its footer is missing", way_out="Copy or export it again"
        )


def _require_text(path: Path, head: bytes) -> None:
    if head.startswith(_PARQUET_MAGIC):
        raise SourceFileError(path, "the name says text but it is a Parquet file", way_out="Name it .parquet", row=1)
    if head.startswith(_GZIP_MAGIC):
        raise SourceFileError(path, "the name says text but it is gzip", way_out="Add .gz to the name", row=1)
    if head.startswith(_UTF16_MARKS):
        raise SourceFileError(path, "the file is UTF-16", way_out="Save it as UTF-8", row=1)
    if b"\0" in head:
        row = head[: head.index(b"\0")].count(b"\n") + 1
        raise SourceFileError(
            path,
            "the name says text but it holds binary data (a NUL byte)",
            way_out="Name it after what it is, or export it again",
            row=row,
        )
