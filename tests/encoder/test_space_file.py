import json
from pathlib import Path

import numpy as np
import pytest

from firstlight_encoder.errors import SpaceFormatError
from firstlight_encoder.space import Space
from firstlight_encoder.training.torch_adaptor import TorchAdaptor
from firstlight_encoder.training.torch_tower import TorchTower


@pytest.fixture(scope="module")
def space() -> Space:
    texts = np.random.default_rng(0).normal(size=(30, 12)).astype(np.float32)
    return Space.of(TorchAdaptor(texts, 7).arrays(), TorchTower(7).arrays(), text_fingerprint="texts")


def test_a_space_read_back_is_the_one_that_was_saved(space: Space, tmp_path: Path) -> None:
    space.save(tmp_path)
    again = Space.load(tmp_path)
    assert again.fingerprint == space.fingerprint
    assert again.dimension == 7
    texts = np.eye(12, dtype=np.float32)
    np.testing.assert_array_equal(again.project(texts), space.project(texts))


def test_a_missing_file_is_named(space: Space, tmp_path: Path) -> None:
    space.save(tmp_path)
    (tmp_path / "space.safetensors").unlink()
    with pytest.raises(SpaceFormatError, match="make index"):
        Space.load(tmp_path)


def test_weights_of_another_space_are_refused(space: Space, tmp_path: Path) -> None:
    other = Space.of(
        space.adaptor_parameters,
        {**space.tower_parameters, "pool": space.tower_parameters["pool"] + 1},
        text_fingerprint="texts",
    )
    space.save(tmp_path / "one")
    other.save(tmp_path / "other")
    (tmp_path / "other" / "space.safetensors").replace(tmp_path / "one" / "space.safetensors")
    with pytest.raises(SpaceFormatError, match="fingerprints differ"):
        Space.load(tmp_path / "one")


def test_another_format_is_refused_with_both_numbers(space: Space, tmp_path: Path) -> None:
    space.save(tmp_path)
    facts = json.loads((tmp_path / "space.json").read_text())
    (tmp_path / "space.json").write_text(json.dumps({**facts, "format_version": 99}))
    with pytest.raises(SpaceFormatError, match=r"99.*reads 2"):
        Space.load(tmp_path)


def test_vectors_of_the_wrong_width_are_refused_with_both_shapes(space: Space) -> None:
    with pytest.raises(SpaceFormatError, match=r"\(3, 5\).*12"):
        space.project(np.zeros((3, 5), np.float32))


def test_a_tower_that_this_version_does_not_know_is_refused_by_name(space: Space, tmp_path: Path) -> None:
    space.save(tmp_path)
    facts = json.loads((tmp_path / "space.json").read_text())
    (tmp_path / "space.json").write_text(json.dumps({**facts, "tower": "oracle"}))
    with pytest.raises(SpaceFormatError, match=r"tower = 'oracle'.*transformer"):
        Space.load(tmp_path)
