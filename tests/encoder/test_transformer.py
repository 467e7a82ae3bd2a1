from pathlib import Path

import pytest
import torch
from transformers.utils import logging

from firstlight_encoder.checkpoint import Checkpoint
from firstlight_encoder.transformer import load_transformer
from tests.encoder.tiny_checkpoint import DIMENSION, write_tiny_checkpoint


def test_loading_draws_no_bar_of_its_own_and_leaves_other_bars_as_they_were(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    checkpoint = Checkpoint.open(write_tiny_checkpoint(tmp_path / "checkpoint"))
    shown = logging.is_progress_bar_enabled()
    capfd.readouterr()
    load_transformer(checkpoint, dtype=torch.float32)
    assert capfd.readouterr().err == ""
    assert logging.is_progress_bar_enabled() == shown


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_the_transformer_infers_in_the_dtype_asked_for(tmp_path: Path, dtype: torch.dtype) -> None:
    model = load_transformer(Checkpoint.open(write_tiny_checkpoint(tmp_path / "checkpoint")), dtype=dtype)
    assert not model.training
    states = model(input_ids=torch.tensor([[2, 4, 3]])).last_hidden_state
    assert states.shape == (1, 3, DIMENSION)
    assert states.dtype == dtype
