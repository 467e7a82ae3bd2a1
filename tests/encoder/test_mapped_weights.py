"""Weights beside the model make the same vectors to the bit, from the same bytes every time."""

import shutil
from pathlib import Path

import pytest

from firstlight_encoder.errors import CheckpointError
from firstlight_encoder.mapped_weights import WEIGHTS_FILE, map_weights
from firstlight_encoder.onnx_encoder import MODEL_FILE, OnnxTextEncoder

TEXTS = ["red tea", "", "a green pot and a white cup", "tea " * 60]


@pytest.fixture
def mapped(exported: Path, tmp_path: Path) -> Path:
    shutil.copytree(exported, tmp_path / "mapped")
    map_weights(tmp_path / "mapped" / MODEL_FILE)
    return tmp_path / "mapped"


def test_vectors_are_the_same_to_the_bit_and_nearly_all_bytes_lie_beside_the_model(
    exported: Path, mapped: Path
) -> None:
    assert (mapped / MODEL_FILE).stat().st_size < 0.05 * (mapped / WEIGHTS_FILE).stat().st_size
    assert (
        OnnxTextEncoder.load(mapped).encode(TEXTS).tobytes() == OnnxTextEncoder.load(exported).encode(TEXTS).tobytes()
    )


def test_the_same_model_gives_the_same_bytes(exported: Path, mapped: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    shutil.copytree(exported, again)
    map_weights(again / MODEL_FILE)
    for name in (MODEL_FILE, WEIGHTS_FILE):
        assert (again / name).read_bytes() == (mapped / name).read_bytes()


def test_a_model_without_its_weights_is_no_encoder(mapped: Path) -> None:
    (mapped / WEIGHTS_FILE).unlink()
    with pytest.raises(CheckpointError, match=MODEL_FILE):
        OnnxTextEncoder.load(mapped)
