"""Stops a process and all that it started, as a machine that hangs would, and lets them go on. Linux only.

Knows nothing of what they do.
"""

import os
import signal
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

_PARENT = 1
"""The parent's place in /proc/PID/stat after the name and the state."""


@contextmanager
def frozen(pid: int) -> Generator[None]:
    """Nothing of it runs until the block ends."""
    stopped = family(pid)
    for one in stopped:
        os.kill(one, signal.SIGSTOP)
    try:
        yield
    finally:
        for one in stopped:
            os.kill(one, signal.SIGCONT)


def family(pid: int) -> list[int]:
    """The process, its children and theirs."""
    parents: dict[int, int] = {}
    for process in Path("/proc").iterdir():
        if process.name.isdecimal():
            try:
                after_name = (process / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            except OSError:  # it has just ended
                continue
            parents[int(process.name)] = int(after_name[_PARENT])
    found = [pid]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found
