"""A program: publish version 1 over version 0, killed at step 0, then at step 1 and so on, until it comes through.

Usage: python kill_every_step.py DIRECTORY. Every attempt has its own copy of DIRECTORY/base as DIRECTORY/<step>, and
its journal in DIRECTORY/<step>.journal. It forks, so that an attempt costs milliseconds; no thread runs here.
"""

import os
import shutil
import sys
from pathlib import Path

from firstlight_store import SnapshotStore
from tests.store.faulty_filesystem import JournallingFileSystem
from tests.store.tiny_snapshot import publish, until_unhurt


def survives(directory: Path, step: int) -> bool:
    """Publish in a process of its own, which dies at `step`; return whether it lived."""
    root = directory / str(step)
    shutil.copytree(directory / "base", root)
    child = os.fork()
    if child == 0:
        filesystem = JournallingFileSystem(step, directory / f"{step}.journal")
        publish(SnapshotStore(root, filesystem=filesystem), 1, filesystem=filesystem)
        os._exit(0)
    return os.waitpid(child, 0)[1] == 0


if __name__ == "__main__":
    given = Path(sys.argv[1])
    until_unhurt(lambda step: survives(given, step))
