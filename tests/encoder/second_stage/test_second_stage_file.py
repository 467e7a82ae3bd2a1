"""A second stage written and read again, and everything that is refused."""

import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from firstlight_encoder.calibration import BUCKETS
from firstlight_encoder.errors import SpaceFormatError
from firstlight_encoder.item_lift import ItemLift
from firstlight_encoder.second_stage.candidates import described
from firstlight_encoder.second_stage.catalogue_side import TABLES
from firstlight_encoder.second_stage.features import FEATURES
from firstlight_encoder.second_stage.first_stage import FirstStage
from firstlight_encoder.second_stage.known import Known
from firstlight_encoder.second_stage.lexicon import Lexicon
from firstlight_encoder.second_stage.second_stage import Method, SecondStage
from firstlight_encoder.second_stage.second_stage_file import read_second_stage, write_second_stage
from firstlight_encoder.second_stage.seeker import Seeker
from firstlight_encoder.training.second_stage.tree_fit import Shortlists, fit_trees
from tests.encoder.second_stage.small_catalogue import WIDTH, catalogue_side, mixture

ITEMS = 40
KNOWN = Known(np.array([3, 8]), np.array([5]), (("tea n4", 1.0), ("candle", -1.0)))
LIFT = ItemLift(np.array([4]), np.array([0.5], np.float32))
FIRST = FirstStage(np.linspace(-1, 1, WIDTH + 1, dtype=np.float32), LIFT)


def any_trees() -> Shortlists:
    random = np.random.default_rng(0)
    matrix = random.normal(size=(2_000, len(FEATURES))).astype(np.float32)
    return Shortlists(matrix, matrix[:, 0] > 1, np.full(100, 20))


@pytest.fixture(scope="module")
def stage() -> SecondStage:
    trees = fit_trees(any_trees(), seed=0)
    return SecondStage(side=catalogue_side(ITEMS), mixture=mixture(), trees=trees, method=Method.TREES)


@pytest.fixture
def folder(stage: SecondStage, tmp_path: Path) -> Path:
    write_second_stage(tmp_path / "new" / "second_stage", stage)
    return tmp_path / "new" / "second_stage"


@pytest.mark.parametrize("method", Method)
def test_what_was_written_ranks_as_before(stage: SecondStage, tmp_path: Path, method: Method) -> None:
    written = replace(stage, method=method, trees=stage.trees if method is Method.TREES else None)
    write_second_stage(tmp_path, written)
    read = read_second_stage(tmp_path, rows=written.side.rows)
    assert read.method is method
    found, before = (described(one.weigh(KNOWN, FIRST, np.arange(ITEMS)))[0] for one in (read, written))
    np.testing.assert_array_equal(found.matrix, before.matrix)
    ranked, expected = (one.ordered([Seeker(KNOWN, FIRST, np.arange(20))])[0] for one in (read, written))
    np.testing.assert_array_equal(ranked.rows, expected.rows)
    np.testing.assert_array_equal(ranked.scores, expected.scores)


def test_the_same_stage_is_written_as_the_same_bytes(stage: SecondStage, folder: Path, tmp_path: Path) -> None:
    write_second_stage(tmp_path / "again", stage)
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert files == {path.name: path.read_bytes() for path in (tmp_path / "again").iterdir()}


def test_a_catalogue_without_words_is_written_and_read(stage: SecondStage, tmp_path: Path) -> None:
    silent = replace(stage, side=replace(stage.side, lexicon=Lexicon.of([""] * ITEMS)))
    write_second_stage(tmp_path, silent)
    assert read_second_stage(tmp_path, rows=stage.side.rows).side.lexicon.match("tea")[0].tolist() == []


def test_a_stage_of_another_catalogue_is_refused(stage: SecondStage, folder: Path) -> None:
    with pytest.raises(SpaceFormatError, match="of a catalogue of 40 items, the rows are 41; rebuild both"):
        read_second_stage(folder, rows=np.zeros((ITEMS + 1, WIDTH + 1), np.float32))


@pytest.mark.parametrize("part", ["order.ids", "facts.brand", "facts.log_price", "tastes"])
def test_one_part_of_another_catalogue_is_refused(stage: SecondStage, folder: Path, part: str) -> None:
    np.save(folder / f"{part}.npy", np.load(folder / f"{part}.npy")[:-1])
    with pytest.raises(SpaceFormatError, match="of a catalogue of 39 items, the rows are 40"):
        read_second_stage(folder, rows=stage.side.rows)


@pytest.mark.parametrize("part", ["order.ids", "whole.probabilities"])
def test_tables_of_different_widths_are_refused(stage: SecondStage, folder: Path, part: str) -> None:
    np.save(folder / f"{part}.npy", np.load(folder / f"{part}.npy")[:, :-1])
    with pytest.raises(SpaceFormatError, match=f"of several shapes.*{part}.*rebuild it"):
        read_second_stage(folder, rows=stage.side.rows)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"format_version": 2}, "of format 2 with .* this version reads format 1"),
        ({"features": [*FEATURES, "shoe size"]}, f"with {len(FEATURES) + 1} features.*its own {len(FEATURES)}"),
        ({"features": [*FEATURES[1:], FEATURES[0]]}, "rebuild it"),
        ({"method": "oracle"}, "'oracle' is not a valid Method"),
        ({"hit_curves": [[0.0, 1.0]]}, "hit_curves of shape \\(1, 2\\), expected \\(14, 2\\)"),
        ({"hit_curves": [["high", 1.0]] * BUCKETS}, "could not convert"),
        ({"decay": {"whole": 0.8}}, "KeyError\\('order'\\)"),
    ],
    ids=[
        "another_format",
        "more_features",
        "features_in_another_order",
        "unknown_method",
        "few_curves",
        "curves_of_words",
        "no_decay",
    ],
)
def test_facts_of_another_version_are_refused(
    stage: SecondStage, folder: Path, change: dict[str, object], told: str
) -> None:
    facts = json.loads((folder / "second_stage.json").read_text(encoding="utf-8"))
    (folder / "second_stage.json").write_text(json.dumps(facts | change), encoding="utf-8")
    with pytest.raises(SpaceFormatError, match=told):
        read_second_stage(folder, rows=stage.side.rows)


def test_curves_of_confidence_are_read_as_they_were_written(stage: SecondStage, tmp_path: Path) -> None:
    curves = np.random.default_rng(0).normal(size=(BUCKETS, 2)).astype(np.float32)
    write_second_stage(tmp_path, replace(stage, curves=curves))
    np.testing.assert_array_equal(read_second_stage(tmp_path, rows=stage.side.rows).curves, curves)


def test_a_stage_from_before_there_was_confidence_promises_nothing(stage: SecondStage, folder: Path) -> None:
    facts = json.loads((folder / "second_stage.json").read_text(encoding="utf-8"))
    del facts["hit_curves"]
    (folder / "second_stage.json").write_text(json.dumps(facts), encoding="utf-8")
    read = read_second_stage(folder, rows=stage.side.rows)
    (found,) = read.ordered([Seeker(KNOWN, FIRST, np.arange(20))])
    assert math.isnan(found.confidence)


def make_unreadable(path: Path) -> None:
    path.write_bytes(b"\xffnot this")


def files() -> list[str]:
    tables = [f"{name}.{part}.npy" for name in TABLES for part in ("ids", "probabilities")]
    facts = [
        *(f"facts.{name}.npy" for name in ("category", "brand", "log_price")),
        "tastes.npy",
    ]
    return [
        "second_stage.json",
        "trees.onnx",
        "mixture.npy",
        "lexicon.starts.npy",
        "lexicon.items.npy",
        *tables,
        *facts,
    ]


@pytest.mark.parametrize("name", files())
@pytest.mark.parametrize("damage", [Path.unlink, make_unreadable], ids=["missing", "damaged"])
def test_every_file_is_needed_and_must_be_readable(
    stage: SecondStage, folder: Path, name: str, damage: Callable[[Path], object]
) -> None:
    assert {path.name for path in folder.iterdir()} == set(files())
    damage(folder / name)
    with pytest.raises(SpaceFormatError, match="rebuild it"):
        read_second_stage(folder, rows=stage.side.rows)


def test_trees_are_not_needed_where_they_do_not_rank(stage: SecondStage, folder: Path, tmp_path: Path) -> None:
    write_second_stage(tmp_path / "mix", replace(stage, trees=None, method=Method.MIX))
    assert {path.name for path in (tmp_path / "mix").iterdir()} == set(files()) - {"trees.onnx"}
    assert read_second_stage(tmp_path / "mix", rows=stage.side.rows).trees is None
