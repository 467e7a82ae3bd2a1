"""Whatever is wrong with a snapshot's bytes, it is refused by name before any parser sees them."""

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save

from firstlight_store import (
    FileCorrupt,
    FileMissing,
    FileUnexpected,
    FileUnsafe,
    FingerprintMismatch,
    LayoutMismatch,
    ManifestInvalid,
    SnapshotFacts,
    SnapshotNotFound,
    SnapshotRefused,
    UnsupportedFormat,
)
from firstlight_store.manifest import Manifest, snapshot_id
from firstlight_store.manifest_file import manifest_bytes
from tests.store.damage import (
    add_directory,
    change,
    edit_manifest,
    link,
    link_directory,
    link_manifest,
    remove,
    swap,
)
from tests.store.tiny_snapshot import INDEX_FACTS, facts, files_of, fill, publish, quick_store

FLIPS = 400


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "default" / publish(quick_store(tmp_path))


def reopened(directory: Path) -> None:
    quick_store(directory.parents[1]).open(directory.name).close()


def test_every_flipped_bit_is_refused(directory: Path) -> None:
    rng = random.Random(0)
    files = list(files_of(directory))
    for _ in range(FLIPS):
        path = rng.choice(files)
        sound = path.read_bytes()
        damaged = bytearray(sound)
        damaged[rng.randrange(len(damaged))] ^= 1 << rng.randrange(8)
        path.chmod(0o644)
        path.write_bytes(damaged)
        with pytest.raises(SnapshotRefused):
            reopened(directory)
        path.write_bytes(sound)
    reopened(directory)


def test_every_truncation_is_refused(directory: Path) -> None:
    for path in files_of(directory):
        sound = path.read_bytes()
        path.chmod(0o644)
        for length in {0, len(sound) // 2, len(sound) - 1}:
            path.write_bytes(sound[:length])
            with pytest.raises(SnapshotRefused):
                reopened(directory)
        path.write_bytes(sound)


@pytest.mark.parametrize(
    ("damage", "error", "message"),
    [
        (swap, FileCorrupt, "its manifest says"),
        (remove("index.faiss"), FileMissing, r"lacks index\.faiss"),
        (remove("manifest.json"), ManifestInvalid, "never finished"),
        (change("extra.json", b"{}"), FileUnexpected, r"holds extra\.json"),
        (change("model.pkl", b"cos\nsystem\n(S'true'\ntR."), FileUnexpected, r"model\.pkl"),
        (add_directory, FileUnexpected, "holds empty/"),
        (link, FileUnsafe, r"index\.faiss is neither"),
        (link_directory, FileUnsafe, "space is neither"),
        (link_manifest, FileUnsafe, "not a regular file"),
        (change("manifest.json", b"[" * 100_000), ManifestInvalid, "not JSON"),
        (change("manifest.json", b"[]"), ManifestInvalid, "not an object"),
        (change("manifest.json", b" " * (1 << 21)), ManifestInvalid, "at most"),
        (edit_manifest(format_version=2), UnsupportedFormat, "format 2, this program reads format 1"),
        (edit_manifest(metric="l2"), UnsupportedFormat, "metric 'l2'"),
        (edit_manifest(created_at="2001-01-01T00:00:00.000000+00:00"), ManifestInvalid, "damaged"),
        (edit_manifest(dimension="5"), ManifestInvalid, "misstates"),
    ],
    ids=[
        "two files swapped", "a file missing", "the manifest missing", "a file too many", "a pickle",
        "an empty directory",
        "a file that is a link", "a directory that is a link", "a manifest that is a link", "a manifest of brackets",
        "a manifest that is a list", "a manifest of megabytes", "a newer format", "another metric", "an edited date",
        "a dimension that is text",
    ],
)  # fmt: skip
def test_damage_is_refused_by_name(
    directory: Path, damage: Callable[[Path], None], error: type[SnapshotRefused], message: str
) -> None:
    damage(directory)
    with pytest.raises(error, match=message):
        reopened(directory)


def test_a_snapshot_under_another_ones_name_is_refused(directory: Path) -> None:
    other = directory.with_name("s-0123456789ab")
    shutil.copytree(directory, other)
    with pytest.raises(ManifestInvalid, match=f"belongs to {directory.name}, not s-0123456789ab"):
        reopened(other)


def test_a_snapshot_that_is_a_link_is_refused(directory: Path) -> None:
    other = directory.with_name("s-0123456789ab")
    other.symlink_to(directory)
    with pytest.raises(FileUnsafe, match="not a plain directory"):
        reopened(other)


@pytest.mark.parametrize(
    "name", ["../../etc/passwd.json", "/etc/x.json", "a/../b.json", "model.pkl", "x.pt", ".hidden.json"]
)
def test_a_manifest_that_names_a_path_outside_or_a_pickle_is_refused(directory: Path, name: str) -> None:
    sound = quick_store(directory.parents[1]).list()[0]
    files = dict(sound.files) | {name: sound.files["index.faiss"]}
    forged = Manifest(
        snapshot_id=snapshot_id(sound.facts, files),
        parent_id=None,
        created_at=sound.created_at,
        facts=sound.facts,
        files=files,
    )
    change("manifest.json", manifest_bytes(forged))(directory)
    with pytest.raises(FileUnsafe):
        reopened(directory)


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        (facts(encoder_fingerprint="encoder-b"), FingerprintMismatch, "encoder_fingerprint 'encoder-a'.*'encoder-b'"),
        (facts(space_fingerprint="space-b"), FingerprintMismatch, "space_fingerprint 'space-a'.*'space-b'"),
        (facts(dimension=9), LayoutMismatch, r"\(6, 5\), the manifest says 'items' \(6, 9\)"),
        (facts(item_count=7), LayoutMismatch, r"\(7, 5\)"),
        (facts(label_count=1), LayoutMismatch, r"labels.*\(1, 4\)"),
        (facts(index=INDEX_FACTS | {"rows": 5}), LayoutMismatch, r"index\.faiss was built over \(5, 5\)"),
        (facts(index={}), LayoutMismatch, r"index\.faiss"),
    ],
    ids=["encoder", "space", "dimension", "item count", "label count", "index rows", "no index facts"],
)
def test_files_that_do_not_fit_the_facts_are_not_committed(
    tmp_path: Path, given: SnapshotFacts, error: type[SnapshotRefused], message: str
) -> None:
    store = quick_store(tmp_path)
    with store.write() as writer:
        fill(writer.path)
        with pytest.raises(error, match=message):
            writer.commit(given)
    assert store.list() == []


@pytest.mark.parametrize(
    "damage",
    [
        change("weights.pt", b"x"),
        link,
        remove("items.parquet"),
        change("vectors.safetensors", b"\xff" * 100),
        change("vectors.safetensors", save({"items": np.ones((6, 5))}, {"encoder_fingerprint": "encoder-a"})),
        change("vectors.safetensors", save({"items": np.ones((6, 5), dtype=np.float32)})),
    ],
    ids=["a pickle", "a link", "no items", "no safetensors", "vectors of float64", "vectors without fingerprints"],
)
def test_a_directory_that_is_no_snapshot_is_not_committed(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    store = quick_store(tmp_path)
    with store.write() as writer:
        fill(writer.path)
        damage(writer.path)
        with pytest.raises(SnapshotRefused):
            writer.commit(facts())
    assert store.list() == []


@pytest.mark.parametrize("line", ["", "s-123", "../escape", "s-0123456789ab\ns-0123456789ab", "s-0123456789AB", "\x00"])
def test_a_damaged_pointer_is_refused_and_repaired_by_activating(directory: Path, line: str) -> None:
    store = quick_store(directory.parents[1])
    (directory.parent / "CURRENT").write_text(line)
    with pytest.raises(ManifestInvalid, match="not one snapshot id"):
        store.open()
    store.activate(directory.name)
    assert store.current_id() == directory.name


def test_a_pointer_to_nothing_is_refused(directory: Path) -> None:
    (directory.parent / "CURRENT").write_text("s-0123456789ab\n")
    with pytest.raises(SnapshotNotFound, match=f"no complete snapshot s-0123456789ab; it holds {directory.name}"):
        quick_store(directory.parents[1]).open()


def test_writing_a_damaged_snapshot_again_repairs_it(directory: Path) -> None:
    change("index.faiss", b"damaged")(directory)
    assert publish(quick_store(directory.parents[1])) == directory.name
    reopened(directory)
