import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from firstlight_encoder.attention_heads import head_width, layer_stack, out_projection
from firstlight_encoder.checkpoint import Checkpoint
from firstlight_encoder.compression.head_importance import head_importance, least_important
from firstlight_encoder.compression.text_tokens import TextTokens
from firstlight_encoder.transformer import load_transformer
from tests.encoder.tiny_checkpoint import WORDS, write_tiny_checkpoint

IMPORTANCE = np.array([[0.3, 0.1, 0.2], [0.01, 0.02, 0.03]])


@pytest.mark.parametrize(
    ("keep", "removed"),
    [
        (1.0, {}),
        (0.84, {1: [0]}),
        (0.67, {1: [0, 1]}),
        (0.5, {0: [1], 1: [0, 1]}),
        (0.34, {0: [1, 2], 1: [0, 1]}),
        (0.01, {0: [1, 2], 1: [0, 1]}),
    ],
)
def test_the_least_important_heads_go_but_never_the_last_of_a_layer(keep: float, removed: dict[int, list[int]]) -> None:
    assert least_important(IMPORTANCE, keep=keep) == removed


def test_a_head_that_says_nothing_is_of_no_importance_and_the_others_are(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    checkpoint = Checkpoint.open(write_tiny_checkpoint(tmp_path_factory.mktemp("heads") / "full", layers=2))
    transformer = load_transformer(checkpoint, dtype=torch.float32)
    width = head_width(transformer)
    out_projection(layer_stack(transformer)[1]).weight.data[:, :width] = 0
    importance = importances(transformer, checkpoint)
    assert importance.shape == (2, 2)
    assert importance[1, 0] == pytest.approx(0, abs=1e-6)
    assert np.delete(importance.ravel(), 2).min() > 1e-6
    np.testing.assert_array_equal(importances(transformer, checkpoint), importance)


def importances(transformer: torch.nn.Module, checkpoint: Checkpoint) -> NDArray[np.float64]:
    texts = [" ".join(WORDS[4 + shift :]) for shift in range(5)]
    return head_importance(transformer, TextTokens.of(texts, checkpoint), budget=64)
