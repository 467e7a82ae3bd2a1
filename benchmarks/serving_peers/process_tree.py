"""What a process and all that it started have cost so far. Linux only: read from /proc.

Knows nothing of what they did.
"""

from collections.abc import Iterator
from pathlib import Path

from benchmarks.processor_time import processor_s


def tree_processor_s(pid: int) -> float:
    """Seconds of processor time of a process and its living descendants.

    Raises:
        FileNotFoundError: there is no such process.
    """
    return processor_s(pid) + sum(_of_living(child) for child in descendants(pid))


def descendants(pid: int) -> Iterator[int]:
    """Children, their children and so on; what ends meanwhile is left out."""
    try:
        lists = [file.read_text(encoding="utf-8") for file in Path(f"/proc/{pid}/task").glob("*/children")]
    except FileNotFoundError:
        return
    for child in (int(one) for text in lists for one in text.split()):
        yield child
        yield from descendants(child)


def _of_living(pid: int) -> float:
    try:
        return processor_s(pid)
    except FileNotFoundError:
        return 0.0
