"""Hands out a text file, plain or gzip, in blocks of whole lines. It does not know what the lines mean."""

import gzip
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from firstlight_indexer.errors import SourceFileError

BLOCK_BYTES = 8 * 2**20
LONGEST_LINE_BYTES = 64 * 2**20
_UTF8_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class LineBlock:
    """Some whole lines of a file as UTF-8 bytes (or what the file has in their stead).

    Attributes:
        data: The lines with their line ends; the file's last line may lack one.
        first_line: 1-based number of the first line.
        last: Whether the file ends here.
    """

    data: bytes
    first_line: int
    last: bool

    @property
    def line_count(self) -> int:
        """How many lines there are, counting an unfinished last one."""
        return self.data.count(b"\n") + int(bool(self.data) and not self.data.endswith(b"\n"))


def line_blocks(path: Path, *, encoding: str, advance: Callable[[int], None]) -> Iterator[LineBlock]:
    """Yield the file's blocks in order; `advance` hears how many bytes on disk each took.

    Raises:
        SourceFileError: The gzip stream is damaged, or a line is longer than 64 MiB.
    """
    line, rest, seen = 1, b"", 0
    with path.open("rb") as raw:
        stream = cast("IO[bytes]", gzip.GzipFile(fileobj=raw)) if path.suffix == ".gz" else raw
        while True:
            piece = _read(stream, path, line)
            advance(raw.tell() - seen)
            seen = raw.tell()
            data = rest + piece
            cut = len(data) if not piece else data.rfind(b"\n") + 1
            rest = data[cut:]
            if len(rest) > LONGEST_LINE_BYTES:
                raise SourceFileError(
                    path, "a line is longer than 64 MiB", way_out="Export it with line ends", row=line
                )
            block = LineBlock(_to_utf8(data[:cut], encoding, first=line == 1), line, last=not piece)
            yield block
            if block.last:
                return
            line += block.line_count


def _read(stream: IO[bytes], path: Path, line: int) -> bytes:
    try:
        return stream.read(BLOCK_BYTES)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise SourceFileError(
            path, f"the gzip stream is damaged after this row ({error})", way_out="Copy or export it again", row=line
        ) from error


def _to_utf8(data: bytes, encoding: str, *, first: bool) -> bytes:
    if encoding != "utf-8":
        return data.decode(encoding, errors="replace").encode()
    return data.removeprefix(_UTF8_MARK) if first else data
