import json
from pathlib import Path

import pytest

from firstlight_encoder.checkpoint import Checkpoint
from firstlight_encoder.errors import CheckpointError
from tests.encoder.tiny_checkpoint import DIMENSION, LONGEST, say_pooling, write_tiny_checkpoint


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return write_tiny_checkpoint(tmp_path / "checkpoint")


def flags(*on: str) -> dict[str, object]:
    """A pooling file in the older of its two forms."""
    known = ("cls_token", "mean_tokens", "max_tokens", "weightedmean_tokens")
    return {f"pooling_mode_{name}": name in on for name in known}


def change_byte(path: Path, place: int) -> None:
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)


def test_a_plain_checkpoint_is_pooled_by_the_mean_and_cut_at_its_positions(directory: Path) -> None:
    checkpoint = Checkpoint.open(directory)
    assert (checkpoint.dimension, checkpoint.pooling, checkpoint.max_tokens) == (DIMENSION, "mean", LONGEST)
    assert checkpoint.tokenizer == directory / "tokenizer.json"


@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "tokenizer.json"])
def test_a_missing_file_is_named(directory: Path, name: str) -> None:
    (directory / name).unlink()
    with pytest.raises(CheckpointError, match=f"{name} is missing; give a sentence-transformers"):
        Checkpoint.open(directory)


@pytest.mark.parametrize(
    ("config", "pooling"),
    [
        ({"pooling_mode": "mean"}, "mean"),
        ({"pooling_mode": "cls"}, "cls"),
        (flags("mean_tokens"), "mean"),
        (flags("cls_token"), "cls"),
    ],
    ids=["mean_by_name", "cls_by_name", "mean_by_flag", "cls_by_flag"],
)
def test_pooling_is_read_by_name_and_by_flag(directory: Path, config: dict[str, object], pooling: str) -> None:
    say_pooling(directory, config)
    assert Checkpoint.open(directory).pooling == pooling


@pytest.mark.parametrize(
    ("config", "named"),
    [
        ({"pooling_mode": "lasttoken"}, "'lasttoken'"),
        (flags("max_tokens"), "'max_tokens'"),
        (flags("cls_token", "mean_tokens"), r"'cls_token\+mean_tokens'"),
        (flags(), "''"),
    ],
    ids=["unknown_by_name", "unknown_by_flag", "two_at_once", "none_at_all"],
)
def test_other_poolings_are_refused_by_name(directory: Path, config: dict[str, object], named: str) -> None:
    say_pooling(directory, config)
    with pytest.raises(CheckpointError, match=f"pools by {named}; only mean and cls"):
        Checkpoint.open(directory)


def test_a_module_that_cannot_be_encoded_is_named(directory: Path) -> None:
    kinds = ("models.Transformer", "models.Pooling", "models.Dense", "models.Normalize")
    modules = [{"idx": place, "type": f"sentence_transformers.{kind}"} for place, kind in enumerate(kinds)]
    (directory / "modules.json").write_text(json.dumps(modules))
    with pytest.raises(CheckpointError, match=r"modules\.json asks for Dense; only Transformer, Pooling, Normalize"):
        Checkpoint.open(directory)


def test_the_stated_length_cuts_where_it_is_the_shorter_one(directory: Path) -> None:
    (directory / "sentence_bert_config.json").write_text('{"max_seq_length": 8}')
    assert Checkpoint.open(directory).max_tokens == 8
    (directory / "sentence_bert_config.json").write_text('{"max_seq_length": 4096}')
    assert Checkpoint.open(directory).max_tokens == LONGEST


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{not json", "config.json is not readable JSON"),
        ("[]", "config.json holds a JSON list; it must be a dict"),
        ("{}", "hidden_size = None"),
        ('{"hidden_size": "wide"}', "hidden_size = 'wide'"),
    ],
    ids=["broken", "no_object", "no_width", "width_of_words"],
)
def test_an_unusable_description_is_named(directory: Path, content: str, message: str) -> None:
    (directory / "config.json").write_text(content)
    with pytest.raises(CheckpointError, match=message):
        Checkpoint.open(directory)


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json", "config.json"])
def test_the_fingerprint_covers_the_files_to_the_last_byte(directory: Path, name: str) -> None:
    path, before = directory / name, Checkpoint.open(directory).fingerprint
    # The last byte of the JSON files is made blank space, so that a change of it leaves them readable.
    path.write_bytes(path.read_bytes() + (b"" if name.endswith("safetensors") else b"\n"))
    grown = Checkpoint.open(directory).fingerprint
    if name.endswith("json"):
        path.write_bytes(path.read_bytes()[:-1] + b" ")
        assert grown != before
    else:
        change_byte(path, -1)
    assert Checkpoint.open(directory).fingerprint not in {before, grown}


@pytest.mark.parametrize("place", [0, 4_321, -1])
def test_the_fingerprint_changes_with_any_byte_of_the_weights(directory: Path, place: int) -> None:
    before = Checkpoint.open(directory).fingerprint
    change_byte(directory / "model.safetensors", place)
    assert Checkpoint.open(directory).fingerprint != before


def test_the_fingerprint_changes_with_pooling_and_cut_and_not_with_the_place(directory: Path) -> None:
    plain = Checkpoint.open(directory).fingerprint
    assert Checkpoint.open(directory.rename(directory.with_name("moved"))).fingerprint == plain
    moved = directory.with_name("moved")
    say_pooling(moved, {"pooling_mode": "cls"})
    by_cls = Checkpoint.open(moved).fingerprint
    (moved / "sentence_bert_config.json").write_text('{"max_seq_length": 8}')
    assert len({plain, by_cls, Checkpoint.open(moved).fingerprint}) == 3
