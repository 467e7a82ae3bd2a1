import numpy as np
import pytest
import torch

from firstlight_encoder.checkpoint import Checkpoint
from firstlight_encoder.torch_encoder import TorchTextEncoder
from firstlight_encoder.training.stage_b.item_tokens import ItemTokens
from firstlight_encoder.training.stage_b.text_model import TextModel
from tests.encoder.tiny_checkpoint import say_pooling, write_tiny_checkpoint

TEXTS = ["red tea", "", "white pot cup tea red green tea", "green", "red tea", "cup " * 40, "white cup pot"]


@pytest.mark.parametrize("pooling", ["mean", "cls"])
@pytest.mark.parametrize("padding", [0.0, 1.0])
def test_it_tells_what_the_encoder_tells_of_texts_of_any_length_in_any_order(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, pooling: str, padding: float
) -> None:
    directory = write_tiny_checkpoint(tmp_path_factory.mktemp("encoder") / pooling)
    say_pooling(directory, {"pooling_mode": pooling})
    checkpoint = Checkpoint.open(directory)
    monkeypatch.setitem(TextModel.__init__.__globals__["PADDING"], "cpu", padding)
    tokens, model = ItemTokens.of(TEXTS, checkpoint), TextModel(checkpoint, device="cpu")
    with torch.no_grad():
        vectors = model([tokens.ids[row] for row in tokens.item_rows]).numpy()
    expected = TorchTextEncoder(checkpoint, device="cpu", dtype=torch.float32).encode(TEXTS)
    assert ((vectors * expected).sum(1) > 0.999).all()
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_items_with_one_text_share_its_tokens(checkpoint: Checkpoint) -> None:
    tokens = ItemTokens.of(TEXTS, checkpoint)
    assert len(tokens.ids) == len(set(TEXTS))
    assert tokens.item_rows[0] == tokens.item_rows[4]
    assert tokens.digest == ItemTokens.of(TEXTS, checkpoint).digest != ItemTokens.of(TEXTS[1:], checkpoint).digest
