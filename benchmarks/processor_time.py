"""What a process has cost so far. Linux only: read from /proc. Knows nothing of what it did."""

import os
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_USER, _SYSTEM = 11, 12


def processor_s(pid: int) -> float:
    """Seconds of processor time, user and system, all threads.

    Raises:
        FileNotFoundError: there is no such process.
    """
    # The name, in brackets, may hold spaces; what follows it does not.
    after_name = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(after_name[_USER]) + int(after_name[_SYSTEM])) / _TICKS
