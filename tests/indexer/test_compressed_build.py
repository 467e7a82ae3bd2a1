"""A toy shop published with a smaller encoder and index, on a checkpoint of a few kilobytes."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from firstlight_encoder.checkpoint import Checkpoint
from firstlight_encoder.onnx_encoder import OnnxTextEncoder
from firstlight_encoder.space import Space
from firstlight_indexer.domain_file import load_domain
from firstlight_indexer.errors import CompressionRefused, DomainFileError
from firstlight_indexer.pipeline import Build, build
from firstlight_store import SnapshotStore, TenantNotFound
from tests.encoder.tiny_checkpoint import write_tiny_checkpoint
from tests.indexer.toy_shop import USERS, write_toy_shop
from tests.shared_export import shared_exports

Publish = Callable[[str], Build]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("compressed")
    encoder = write_tiny_checkpoint(root / "encoder", layers=2)
    (root / "work").mkdir()
    (root / "work" / "exported").symlink_to(shared_exports(tmp_path_factory, encoder))
    return root


@pytest.fixture
def publish(place: Path, tmp_path: Path) -> Publish:
    """Builds the shop with further tables; encoders and vectors are shared, snapshots are not."""

    def published(tables: str) -> Build:
        parts = "ranker_parts = 0\n" if tables else ""  # where nothing is asked for, the ranker is the default one too
        train = f"dimension = 15\nsteps = 10\nbatch = 64\n{parts}"
        rest = f'[encoder]\npath = "{place / "encoder"}"\n{tables}'
        shop = write_toy_shop(tmp_path / "shop", train=train, rest=rest, users=USERS if tables else 90)
        return build(load_domain(shop), workdir=place / "work", store=SnapshotStore(tmp_path / "data"))

    return published


def compressed(place: Path) -> set[Path]:
    return set((place / "work" / "compressed").glob("*"))


def text_folder(tmp_path: Path, made: Build) -> Path:
    with SnapshotStore(tmp_path / "data").open(made.manifest.snapshot_id) as snapshot:
        return snapshot.path("text")


def test_nothing_is_compressed_where_nothing_is_asked_for(publish: Publish, place: Path, tmp_path: Path) -> None:
    made = publish("")
    assert made.manifest.facts.index["kind"] == "Flat"
    assert "precision" not in json.loads((text_folder(tmp_path, made) / "text.json").read_text())
    assert not (place / "work" / "compressed").exists()


def test_a_snapshot_carries_the_smaller_encoder_and_index_that_were_asked_for(
    publish: Publish, place: Path, tmp_path: Path
) -> None:
    tables = '[compress]\nonline = "int8"\ndepth = 0.5\nsteps = 5\nallow_loss = 1.0\n[index]\nkind = "flat_sq8"\n'
    made = publish(tables)
    assert made.manifest.facts.index["kind"] == "SQ8"
    folder = text_folder(tmp_path, made)
    assert json.loads((folder / "text.json").read_text())["precision"] == "int8"
    encoder, space = OnnxTextEncoder.load(folder), Space.load(folder.parent / "space")
    assert encoder.fingerprint == space.text_fingerprint == made.manifest.facts.encoder_fingerprint
    assert space.project(encoder.encode(["red tea"])).shape == (1, space.dimension)
    (kept,) = (place / "work" / "compressed").iterdir()
    assert json.loads((kept / "config.json").read_text())["num_hidden_layers"] == 1
    assert publish(tables).changed is False


def test_a_build_that_loses_too_much_is_refused_before_its_export_and_publishes_nothing(
    publish: Publish, place: Path, tmp_path: Path
) -> None:
    cut_before = compressed(place)
    with pytest.raises(CompressionRefused, match=r"held-out newcomers.*allow_loss = 0\.0 allows 0\.0%"):
        publish("[compress]\ndepth = 0.25\nsteps = 0\nallow_loss = 0.0\n")
    (refused,) = compressed(place) - cut_before
    assert not list((place / "work" / "exported").glob(f"{Checkpoint.open(refused).fingerprint[:16]}*"))
    with pytest.raises(TenantNotFound):
        SnapshotStore(tmp_path / "data").list()


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ('online = "int4"', r"\[compress\] online = 'int4'"),
        ("depth = 0.0", r"\[compress\] depth = 0.0"),
        ("heads = 1.5", r"\[compress\] heads = 1.5"),
        ("allow_los = 0.1", r"\[compress\] allow_los = 0.1: unknown key.*did you mean allow_loss"),
    ],
)
def test_a_bad_choice_is_named(publish: Publish, table: str, message: str) -> None:
    with pytest.raises(DomainFileError, match=message):
        publish(f"[compress]\n{table}\n")
