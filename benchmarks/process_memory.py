"""How much memory processes take. Linux only: read from /proc. Knows nothing of what they do."""

from contextlib import suppress
from pathlib import Path


def resident_bytes(pid: int) -> int:
    """What lies in memory for a process, mapped files included.

    Raises:
        FileNotFoundError: there is no such process.
    """
    return _rollup(pid, "Rss:")


def family_bytes(pid: int) -> int:
    """What lies in memory for a process and its children, pages that they share counted once."""
    found = _rollup(pid, "Pss:")
    for child in _children(pid):
        with suppress(FileNotFoundError, ProcessLookupError, ValueError):  # it has ended meanwhile, or is about to
            found += _rollup(child, "Pss:")
    return found


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8").split()]


def _rollup(pid: int, field: str) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8").splitlines()
    (found,) = (line.split()[1] for line in lines if line.startswith(field))
    return 1024 * int(found)
