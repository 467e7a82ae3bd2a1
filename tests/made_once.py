"""Folders that are slow to fill, each filled once for all processes of one run of pytest.

Knows of no test.
"""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest


def made_once(factory: pytest.TempPathFactory, name: str, fill: Callable[[Path], object]) -> Path:
    """The folder `name`, which all processes share; what is in it stays as it is.

    Args:
        factory: of the run's folders.
        name: of the folder; another for other contents.
        fill: makes a folder and what is in it, where no process has; it is given another name until it is complete.
    """
    base = factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / name
    with folder.with_name(f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            fresh = folder.with_name(f"{name}.fresh")
            fill(fresh)
            fresh.rename(folder)
    return folder
