"""How a server process ends. Knows nothing of why."""

from enum import IntEnum


class ExitStatus(IntEnum):
    """The status that a server, worker or supervisor exits with."""

    DRAINED = 0
    CUT_OFF = 1
    """Calls were still running when the grace ended."""
    BAD_SETTINGS = 2
