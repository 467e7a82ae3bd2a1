"""Reads the one line of a small pointer file, of which a reader sees the old or the new, never a part.

It knows nothing of what the line means.
"""

from pathlib import Path
from typing import Final

_LONGEST_BYTES: Final = 4_096


def read_line(path: Path) -> str | None:
    """Return the line without its end, or None where there is no such file; bytes that are not ASCII are replaced."""
    try:
        with path.open("rb") as file:
            data = file.read(_LONGEST_BYTES)
    except FileNotFoundError:
        return None
    return data.decode("ascii", errors="replace").removesuffix("\n")
