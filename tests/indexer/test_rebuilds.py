"""The toy shop built again, with one thing changed each time; on an encoder of a few kilobytes, built quickly."""

import json
import shutil
from pathlib import Path

import pytest

from firstlight_encoder.second_stage.second_stage import Method
from firstlight_encoder.second_stage.second_stage_file import read_second_stage
from firstlight_indexer.pipeline import Build
from firstlight_store import SigningKey, SnapshotStore
from tests.encoder.tiny_checkpoint import write_tiny_checkpoint
from tests.indexer.toy_shop import write_toy_shop
from tests.indexer.workplace import Workplace
from tests.shared_export import shared_exports

Published = tuple[Workplace, Build]
TRAIN = "dimension = 15\nsteps = 4\nbatch = 64\nranker_parts = 0\n"
USERS = 90


def write_shop(
    place: Workplace,
    *,
    folder: Path | None = None,
    title_of: dict[int, str] | None = None,
    train: str = TRAIN,
    rest: str = "",
) -> Path:
    """Writes the toy shop, with the encoder beside it, into the place or into another folder of it."""
    rest = f'[encoder]\npath = "../encoder"\n{rest}'
    return write_toy_shop(folder or place.shop, title_of=title_of, train=train, rest=rest, users=USERS)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """The first build, made once."""
    place = Workplace(tmp_path_factory.mktemp("first"))
    encoder = write_tiny_checkpoint(place.root / "encoder", layers=2)
    write_shop(place)
    place.work.mkdir()
    (place.work / "exported").symlink_to(shared_exports(tmp_path_factory, encoder))
    return place, place.build()


@pytest.fixture
def elsewhere(first: Published, tmp_path: Path) -> Workplace:
    """The same shop with the same vectors, exported encoder and snapshot."""
    place = Workplace(tmp_path)
    write_shop(place)
    shutil.copytree(first[0].root / "encoder", place.root / "encoder")
    shutil.copytree(first[0].work / "vectors", place.work / "vectors")
    shutil.copytree(first[0].root / "data", place.root / "data")
    (place.work / "exported").symlink_to(first[0].work / "exported")
    return place


@pytest.mark.parametrize("method", [Method.SPACE, Method.TREES])
def test_a_configured_ranker_is_the_one_that_is_published(elsewhere: Workplace, method: Method) -> None:
    write_shop(elsewhere, train=f'dimension = 15\nsteps = 4\nbatch = 64\nranker = "{method}"\nranker_parts = 2\n')
    elsewhere.build()
    with elsewhere.store.open() as opened:
        stage = read_second_stage(opened.path("second_stage"), rows=opened.items_vectors())
        assert stage.method is method


def test_a_forced_build_in_another_folder_gives_the_same_snapshot_and_encodes_nothing(
    first: Published, elsewhere: Workplace
) -> None:
    forced = elsewhere.build(force=True)
    assert forced.changed
    assert forced.manifest.snapshot_id == first[1].manifest.snapshot_id
    assert forced.texts_encoded == 0
    assert len(elsewhere.store.list()) == 1


def test_one_changed_title_encodes_one_text_and_gives_another_snapshot(elsewhere: Workplace) -> None:
    before, key = elsewhere.store.current_id(), SigningKey.new()
    (elsewhere.root / "sign.key").write_bytes(key.private_pem)
    rest = '[publish]\nsigning_key = "../sign.key"\n'
    write_shop(elsewhere, title_of={7: "An entirely new title"}, rest=rest)
    changed = elsewhere.build()
    assert changed.changed
    assert (changed.item_texts_encoded, changed.texts_encoded) == (1, 1)
    assert SnapshotStore(elsewhere.root / "data", trusted=key.public_keys).open().id != before


def test_one_more_event_gives_another_snapshot_and_encodes_nothing(elsewhere: Workplace) -> None:
    before = elsewhere.store.current_id()
    with (elsewhere.shop / "events.csv").open("a", encoding="utf-8") as file:
        file.write("u000,i05,favorite,2024-04-14T10:00:00+00:00,late\n")
    changed = elsewhere.build()
    assert changed.changed
    assert changed.texts_encoded == 0
    assert changed.manifest.snapshot_id != before


@pytest.mark.parametrize(
    ("line", "instead"),
    [
        ("steps = 4", "steps = 5"),
        ("[train]", '[index]\nkind = "ivf_fp16"\n[train]'),
        ('"toy-shop"', '"renamed-shop"'),
        ("[train]", "[evaluation]\ntime_split = false\n[train]"),
    ],
    ids=["training", "index", "name", "meaning of time"],
)
def test_a_changed_setting_is_built_without_encoding(elsewhere: Workplace, line: str, instead: str) -> None:
    before = elsewhere.store.current_id()
    toml = elsewhere.shop / "firstlight.toml"
    toml.write_text(toml.read_text().replace(line, instead))
    after = elsewhere.build()
    assert after.changed
    assert after.manifest.snapshot_id != before
    assert after.manifest.parent_id == before
    assert after.texts_encoded == 0


def test_a_build_with_a_source_reports_what_the_source_brought(elsewhere: Workplace) -> None:
    other = write_shop(elsewhere, folder=elsewhere.root / "other") / "firstlight.toml"
    other.write_text(other.read_text().replace("toy-shop", "other-shop"))
    write_shop(elsewhere, rest='[transfer]\nsources = ["../other"]\nweights = 0.5\n')
    printed = elsewhere.printed()
    report = json.loads((elsewhere.work / "transfer.json").read_text("utf-8"))
    (tried,) = report["tried"]
    assert (report["domain"], report["sources"], report["chose_alone"]) == ("toy-shop", ["other-shop"], False)
    assert (tried["weights"], tried["chosen"]) == ([0.5], True)
    assert tried["difference"] == pytest.approx(tried["ndcg_at_10"] - report["alone"])
    assert "weight of other-shop" in printed
    assert "chosen" in printed
