"""Weights beside the model make the same vectors to the bit, from the same bytes every time."""

import shutil
from pathlib import Path

import pytest

from firstlight_encoder.errors import CheckpointError
from firstlight_encoder.mapped_weights import WEIGHTS_FILE, map_weights
from firstlight_encoder.onnx_encoder import MODEL_FILE, OnnxTextEncoder

TEXTS = ["red tea", "", "a green pot and a white cup", "tea " * 60]


def mapped(export: Path, folder: Path) -> Path:
    shutil.copytree(export, folder)
    map_weights(folder / MODEL_FILE)
    return folder


def test_vectors_are_the_same_to_the_bit_and_nearly_all_bytes_lie_beside_the_model(
    exported: Path, tmp_path: Path
) -> None:
    folder = mapped(exported, tmp_path / "mapped")
    assert (folder / MODEL_FILE).stat().st_size < 0.05 * (folder / WEIGHTS_FILE).stat().st_size
    one, other = (OnnxTextEncoder.load(place).encode(TEXTS) for place in (folder, exported))
    assert one.tobytes() == other.tobytes()


def test_the_same_model_gives_the_same_bytes(tiny_exported: Path, tmp_path: Path) -> None:
    once, again = (mapped(tiny_exported, tmp_path / name) for name in ("once", "again"))
    for name in (MODEL_FILE, WEIGHTS_FILE):
        assert (once / name).read_bytes() == (again / name).read_bytes()


def test_a_model_without_its_weights_is_no_encoder(tiny_exported: Path, tmp_path: Path) -> None:
    folder = mapped(tiny_exported, tmp_path / "mapped")
    (folder / WEIGHTS_FILE).unlink()
    with pytest.raises(CheckpointError, match=MODEL_FILE):
        OnnxTextEncoder.load(folder)
