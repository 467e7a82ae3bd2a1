"""One toy shop from its CSV files to a published snapshot, with the real text encoder, trainer and store."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner

from firstlight_encoder.onnx_encoder import OnnxTextEncoder
from firstlight_encoder.profile.profile_model_file import PROFILE, read_profile_model
from firstlight_encoder.second_stage.second_stage import Method, SecondStage
from firstlight_encoder.second_stage.second_stage_file import read_second_stage
from firstlight_encoder.space import Space
from firstlight_encoder.tokens import TokenSequence, TokenType
from firstlight_indexer.cli import app
from firstlight_indexer.domain_file import load_domain
from firstlight_indexer.errors import DomainFileError
from firstlight_indexer.pipeline import Build, build
from firstlight_indexer.tagging.tags_file import FACTS, TAGS
from firstlight_store import Snapshot
from tests.indexer.toy_shop import ITEMS, KINDS, kind_of, write_toy_shop
from tests.indexer.workplace import Workplace
from tests.shared_export import shared_exports

Published = tuple["Workplace", Build]


@pytest.fixture(scope="session")
def first(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """The first build, made once."""
    place = Workplace(tmp_path_factory.mktemp("first"))
    write_toy_shop(place.shop)
    place.work.mkdir()
    (place.work / "exported").symlink_to(shared_exports(tmp_path_factory))
    return place, place.build()


@pytest.fixture
def snapshot(first: Published) -> Iterator[Snapshot]:
    """Opening it verifies every file."""
    with first[0].store.open() as opened:
        yield opened


def test_the_first_build_is_current_and_encodes_every_text_once(first: Published) -> None:
    place, built = first
    assert built.changed
    assert built.item_texts_encoded == ITEMS
    names = 1 + len(KINDS) + len(KINDS) + len(KINDS)  # the root, the kinds, their paths and their brands
    assert built.texts_encoded == ITEMS + names
    assert place.store.current_id() == built.manifest.snapshot_id
    assert built.manifest.facts.domain == "toy-shop"
    assert built.clean.report_html.is_file()


def test_rows_items_and_counts_belong_together(first: Published, snapshot: Snapshot) -> None:
    facts, rows = first[1].manifest.facts, snapshot.items_vectors()
    items = pl.read_parquet(snapshot.path("items.parquet"))
    assert (facts.item_count, facts.dimension) == rows.shape == (ITEMS, 16)
    assert items["item_id"].to_list() == [f"i{item:02d}" for item in range(ITEMS)]
    assert "image" not in items.columns
    np.testing.assert_array_equal(items["log_prior"].to_numpy(), rows[:, -1])
    np.testing.assert_allclose(np.linalg.norm(rows[:, :-1], axis=1), 1, atol=1e-5)
    assert np.exp(rows[:, -1].astype(np.float64)).sum() == pytest.approx(1, abs=1e-5)
    assert snapshot.index().count == ITEMS


def test_the_space_and_the_text_encoder_are_those_of_the_vectors(first: Published, snapshot: Snapshot) -> None:
    facts = first[1].manifest.facts
    space, encoder = Space.load(snapshot.path("space")), OnnxTextEncoder.load(snapshot.path("text"))
    assert space.fingerprint == facts.space_fingerprint
    assert space.text_fingerprint == encoder.fingerprint == facts.encoder_fingerprint
    vectors = snapshot.items_vectors()[:, :-1]
    texts = ["red tea. Leafs. Tea < Shop", "red tool. Forge. Tool < Shop"]
    assert ((space.project(encoder.encode(texts)) * vectors[:2]).sum(axis=1) > 0.999).all()


def test_every_declarable_name_has_the_vector_of_its_prompt(first: Published, snapshot: Snapshot) -> None:
    space, encoder = Space.load(snapshot.path("space")), OnnxTextEncoder.load(snapshot.path("text"))
    labels, vectors = snapshot.labels(), snapshot.label_vectors()
    prompts = {("category", "Tea"): "category: Tea", ("category", "Shop > Toy"): "category: Shop > Toy"}
    prompts |= {("brand", brand): f"brand: {brand}" for brand in KINDS.values()}
    assert len(vectors) == first[1].manifest.facts.label_count == 1 + 3 * len(KINDS)
    for (kind, name), prompt in prompts.items():
        row = labels.row("brand" if kind == "brand" else "category", name)
        assert row is not None
        assert vectors[row] @ space.project(encoder.encode([prompt]))[0] > 0.999, name


def test_a_newcomer_who_takes_tea_is_offered_tea(snapshot: Snapshot) -> None:
    space, rows = Space.load(snapshot.path("space")), snapshot.items_vectors()
    bought = np.array([0, 3, 6])
    tokens = TokenSequence(
        rows[bought, :-1], np.full(3, int(TokenType.PURCHASE)), np.zeros(3, np.float32), np.ones(3, np.float32)
    )
    hits = snapshot.index().search(space.query(tokens)[None, :], k=10)
    assert [kind_of(row) for row in hits.rows[0].tolist()] == ["Tea"] * 10


def second_stage(snapshot: Snapshot) -> SecondStage:
    return read_second_stage(snapshot.path("second_stage"), rows=snapshot.items_vectors())


def test_profiles_are_read_with_what_the_build_fitted(snapshot: Snapshot) -> None:
    model = read_profile_model(snapshot.path(PROFILE), dimension=snapshot.items_vectors().shape[1] - 1)
    assert model.change is not None
    assert set(model.following) == {"category", "brand", "event_type"}
    kind = next(iter(KINDS))
    ever = [f"Shop > {kind}"] * 10
    assert model.following["category"].likely(ever, np.zeros(10), most=1)[0][0] == ever[0]
    assert model.following["brand"].likely([KINDS[kind]] * 10, np.zeros(10), most=1)[0][0] == KINDS[kind]


def test_a_shop_too_small_to_teach_trees_is_ranked_by_the_mixture(snapshot: Snapshot) -> None:
    stage = second_stage(snapshot)
    assert (stage.method, stage.trees) == (Method.MIX, None)
    teas = stage.side.tables["whole"].ids[0, : ITEMS // len(KINDS) - 1]
    assert {kind_of(row) for row in teas.tolist()} == {"Tea"}


def test_nothing_changed_builds_nothing(first: Published) -> None:
    place, built = first
    again = place.build()
    assert not again.changed
    assert again.manifest == built.manifest
    assert (again.item_texts_encoded, again.texts_encoded) == (0, 0)


def test_settings_that_shape_no_snapshot_build_nothing(first: Published, tmp_path: Path) -> None:
    place, built = first
    shop = write_toy_shop(
        tmp_path, rest='[publish]\nkeep = 2\n[evaluation]\ntest_share = 0.3\n[encoder]\ndevice = "cpu"\n'
    )
    again = build(load_domain(shop), workdir=place.work, store=place.store)
    assert not again.changed
    assert again.manifest == built.manifest


@pytest.mark.parametrize(
    ("train", "rest", "expected"),
    [
        ("stepz = 4\n", "", r"\[train\] stepz = 4: unknown key; allowed: dimension, steps, .*did you mean steps\?"),
        ("steps = -1\n", "", r"\[train\] steps = -1: .*greater than or equal to 0"),
        ('rate = "fast"\n', "", r"\[train\] rate = 'fast': .*number"),
        ("ranker_parts = 1\n", "", r"\[train\] ranker_parts = 1: .*0, 2, 3"),
        ('tower = "lstm"\n', "", r"\[train\] tower = 'lstm': .*'causal'"),
        ("", '[index]\nkind = "hnsw"\n', r"\[index\] kind = 'hnsw': .*'ivf_sq8'"),
        ("", "[publish]\nkeep = 0\n", r"\[publish\] keep = 0: "),
    ],
    ids=["unknown_key", "too_small", "no_number", "one_part", "unknown_tower", "unknown_index", "keep_nothing"],
)
def test_a_bad_setting_is_named_before_anything_is_read(tmp_path: Path, train: str, rest: str, expected: str) -> None:
    place = Workplace(tmp_path)
    write_toy_shop(place.shop, train=train, rest=rest)
    (place.shop / "catalogue.csv").unlink()
    with pytest.raises(DomainFileError, match=expected) as caught:
        place.build()
    assert str(place.shop / "firstlight.toml") in str(caught.value)


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        ('[encoder]\npath = "no/such/encoder"\n', r"\[encoder\] path = 'no/such/encoder': there is no directory"),
        ('[encoder]\npackage = "no_such_encoder"\n', r"\[encoder\] package = 'no_such_encoder' is not installed"),
        ('[encoder]\npackage = "json"\n', r"\[encoder\] package = 'json' holds no text encoder"),
    ],
    ids=["directory", "package", "package_without_encoder"],
)
def test_a_missing_encoder_is_named_with_the_way_out(tmp_path: Path, rest: str, expected: str) -> None:
    place = Workplace(tmp_path)
    write_toy_shop(place.shop, rest=rest)
    with pytest.raises(DomainFileError, match=rf"{expected}.*give a sentence-transformers"):
        place.build()


def test_the_command_line_prints_json_and_nothing_else(first: Published) -> None:
    place, built = first
    summary = json.loads(place.printed("--json"))
    assert summary["snapshot_id"] == built.manifest.snapshot_id
    assert summary["changed"] is False
    assert summary["items"] == ITEMS
    assert summary["item_texts_encoded"] == summary["texts_encoded"] == 0
    assert summary["index"]["recall_at_10"] == 1.0
    assert Path(summary["report"]).is_file()


def test_the_command_line_prints_a_table_for_people(first: Published) -> None:
    place, built = first
    printed = place.printed("--ranker-parts", "0")  # as the file has it
    assert "toy-shop: unchanged" in printed
    assert built.manifest.snapshot_id in printed


def test_tags_can_be_looked_at_before_they_are_published(first: Published, tmp_path: Path) -> None:
    place, _ = first
    where = ["--domain", str(place.shop), "--workdir", str(place.work), "--out", str(tmp_path / "tags")]
    told = CliRunner().invoke(app, ["tags", *where, "tea", "plaything", "--least", "0.02"], catch_exceptions=False)
    assert "33.3%" in told.stdout
    rows = pl.read_parquet(tmp_path / "tags" / TAGS)
    kinds = {(tag, kind_of(int(item[1:]))) for item, tag in rows.select("item_id", "tag").iter_rows()}
    assert kinds == {("tea", "Tea"), ("plaything", "Toy")}
    facts = json.loads((tmp_path / "tags" / FACTS).read_text())
    assert [(tag["name"], tag["items"]) for tag in facts["tags"]] == [
        (name, rows.filter(pl.col("tag") == name).height) for name in ("tea", "plaything")
    ]
    assert (rows["confidence"] >= facts["least_confidence"]).all()


def test_a_tag_that_is_asked_for_twice_is_refused_by_name(first: Published, tmp_path: Path) -> None:
    place, _ = first
    where = ["--domain", str(place.shop), "--workdir", str(place.work), "--out", str(tmp_path / "tags")]
    with pytest.raises(DomainFileError, match=r"\[tags\] names.*'tea' stands there twice"):
        CliRunner().invoke(app, ["tags", *where, "tea", "tea"], catch_exceptions=False)
