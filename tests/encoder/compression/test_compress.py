"""Cutting an encoder down: what is left encodes alike everywhere, learns from the full one, and is really smaller."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from firstlight_encoder.attention_heads import layer_stack, out_projection
from firstlight_encoder.checkpoint import Checkpoint
from firstlight_encoder.compression.compress import compress
from firstlight_encoder.compression.compression_settings import CompressionSettings
from firstlight_encoder.compression.depth import kept_layers
from firstlight_encoder.errors import CheckpointError
from firstlight_encoder.torch_encoder import TorchTextEncoder
from firstlight_encoder.transformer import load_transformer
from tests.encoder.tiny_checkpoint import WORDS, write_tiny_checkpoint

TEXTS = sorted({f"{WORDS[4 + a]} {WORDS[4 + b]} {WORDS[4 + c]}" for a in range(6) for b in range(6) for c in range(6)})


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Checkpoint:
    directory = write_tiny_checkpoint(tmp_path_factory.mktemp("encoder") / "full", layers=4)
    (directory / "model.onnx").write_bytes(b"another form of the same weights")
    return Checkpoint.open(directory)


@pytest.fixture(scope="module")
def vectors(full: Checkpoint) -> NDArray[np.float32]:
    return encoded(full)


def encoded(checkpoint: Checkpoint) -> NDArray[np.float32]:
    return TorchTextEncoder(checkpoint, dtype=torch.float32).encode(TEXTS)


def cut(
    full: Checkpoint, vectors: NDArray[np.float32], directory: Path, settings: CompressionSettings
) -> tuple[Checkpoint, list[tuple[int, int]]]:
    told: list[tuple[int, int]] = []
    made = compress(
        full,
        directory,
        texts=TEXTS,
        vectors=vectors,
        settings=settings,
        progress=lambda step, steps: told.append((step, steps)),
    )
    return made, told


def closeness(checkpoint: Checkpoint, vectors: NDArray[np.float32]) -> float:
    return float((encoded(checkpoint) * vectors).sum(1).mean())


@pytest.mark.parametrize(
    ("count", "depth", "kept"),
    [(6, 0.5, [1, 3, 5]), (12, 0.5, [1, 3, 5, 7, 9, 11]), (6, 0.34, [2, 5]), (6, 0.01, [5]), (1, 0.5, [0])],
)
def test_every_second_layer_is_kept_at_half_the_depth(count: int, depth: float, kept: list[int]) -> None:
    assert kept_layers(count, depth=depth) == kept


def test_half_the_layers_learn_to_say_what_all_of_them_say(
    full: Checkpoint, vectors: NDArray[np.float32], tmp_path: Path
) -> None:
    untrained, _ = cut(full, vectors, tmp_path / "untrained", CompressionSettings(depth=0.5, steps=0))
    trained, told = cut(full, vectors, tmp_path / "trained", CompressionSettings(depth=0.5, steps=60, rate=3e-3))
    assert len(layer_stack(load_transformer(trained, dtype=torch.float32))) == 2
    assert 1 - closeness(trained, vectors) < 0.5 * (1 - closeness(untrained, vectors))
    assert told == [(step, 60) for step in range(1, 61)]
    assert len({checkpoint.fingerprint for checkpoint in (full, untrained, trained)}) == 3
    assert not (trained.directory / "model.onnx").exists()


def test_heads_are_really_gone_and_who_knows_nothing_of_them_computes_the_same(tmp_path: Path) -> None:
    two_layers = Checkpoint.open(write_tiny_checkpoint(tmp_path / "full", layers=2))
    made, told = cut(two_layers, encoded(two_layers), tmp_path / "cut", CompressionSettings(heads=0.5, steps=5))
    stack = layer_stack(load_transformer(made, dtype=torch.float32))
    assert [out_projection(layer).in_features for layer in stack] != [16, 16]
    assert sum(out_projection(layer).in_features for layer in stack) == 2 * 16 // 2
    assert told[-1] == (5, 5)
    np.testing.assert_allclose(elsewhere(made), encoded(made), atol=1e-5)


def elsewhere(checkpoint: Checkpoint) -> NDArray[np.float32]:
    """The vectors as somebody computes them who knows nothing of removed heads."""
    config = json.loads((checkpoint.directory / "config.json").read_text())
    config.pop("pruned_heads")
    bare = checkpoint.directory.parent / "bare"
    shutil.copytree(checkpoint.directory, bare)
    (bare / "config.json").write_text(json.dumps(config))
    assert Checkpoint.open(bare).pruned_heads == {}
    return encoded(Checkpoint.open(bare))


def test_both_cuts_follow_each_other_and_repeat_to_the_bit(
    full: Checkpoint, vectors: NDArray[np.float32], tmp_path: Path
) -> None:
    settings = CompressionSettings(depth=0.5, heads=0.5, steps=4)
    (first, told), (second, _) = (cut(full, vectors, tmp_path / name, settings) for name in ("first", "second"))
    assert told == [(step, 8) for step in range(1, 9)]
    assert first.fingerprint == second.fingerprint
    assert sum(len(heads) for heads in first.pruned_heads.values()) == 2
    with pytest.raises(CheckpointError, match="lacks heads already"):
        cut(first, vectors, tmp_path / "third", settings)


def test_an_encoder_of_another_kind_is_refused_by_name(
    full: Checkpoint, vectors: NDArray[np.float32], tmp_path: Path
) -> None:
    other = tmp_path / "other"
    shutil.copytree(full.directory, other)
    config = json.loads((other / "config.json").read_text())
    kind = {"model_type": "distilbert", "dim": 16, "n_layers": 1, "n_heads": 2, "hidden_dim": 32}
    (other / "config.json").write_text(json.dumps({**config, **kind}))
    with pytest.raises(
        CheckpointError, match=r"DistilBertModel cannot be compressed.*set \[compress\] depth and heads"
    ):
        cut(Checkpoint.open(other), vectors, tmp_path / "cut", CompressionSettings(depth=0.5))
