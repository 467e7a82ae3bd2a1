"""Finds, in a block of CSV lines, those that are plain: right number of fields, no quotes, valid text.

It works on bytes with NumPy, so that a clean log costs one pass; it parses nothing.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_NEWLINE, _RETURN, _QUOTE = 0x0A, 0x0D, 0x22


@dataclass(frozen=True)
class LineLayout:
    """Where the n lines of a block lie and what they hold.

    Attributes:
        starts: (n,) int64, offset of each line's first byte.
        ends: (n,) int64, offset after each line's last byte, line end not included.
        separators: (n,) int64, separators in each line, quoted ones too.
        quoted: (n,) bool, lines with a quote character.
        blank: (n,) bool, lines with nothing in them.
        broken: (n,) bool, lines with a NUL byte or with bytes that are not UTF-8.
    """

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    separators: NDArray[np.int64]
    quoted: NDArray[np.bool_]
    blank: NDArray[np.bool_]
    broken: NDArray[np.bool_]


def lay_out(data: bytes, *, separator: str) -> LineLayout:
    """Describe the lines of `data`."""
    content = np.frombuffer(data, dtype=np.uint8)
    ends = np.flatnonzero(content == _NEWLINE).astype(np.int64)
    if len(data) and content[-1] != _NEWLINE:
        ends = np.append(ends, np.int64(len(data)))
    starts = np.concatenate([np.zeros(min(1, len(ends)), dtype=np.int64), ends[:-1] + 1])
    trimmed = ends - ((ends > starts) & (content[ends - 1] == _RETURN) if len(ends) else 0)
    return LineLayout(
        starts=starts,
        ends=trimmed,
        separators=_count(content == ord(separator), starts, ends),
        quoted=_count(content == _QUOTE, starts, ends) > 0 if b'"' in data else np.zeros(len(ends), dtype=bool),
        blank=trimmed == starts,
        broken=_broken(data, content, starts, trimmed),
    )


def _count(hits: NDArray[np.bool_], starts: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.int64]:
    positions = np.flatnonzero(hits)
    counts = np.searchsorted(positions, ends) - np.searchsorted(positions, starts)
    return counts.astype(np.int64)


def _broken(
    data: bytes, content: NDArray[np.uint8], starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> NDArray[np.bool_]:
    broken = np.zeros(len(starts), dtype=bool)
    if b"\0" in data:
        broken |= _count(content == 0, starts, ends) > 0
    if not _is_utf8(data):
        for line in np.flatnonzero(_count(content >= 0x80, starts, ends) > 0):
            broken[line] |= not _is_utf8(data[starts[line] : ends[line]])
    return broken


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
