"""The evaluation reads what a peer writes, and a list that it would refuse is never written."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from benchmarks.peers.contest import Outcome, compete
from benchmarks.peers.errors import ListsError
from benchmarks.peers.exchange import Exchange
from benchmarks.peers.lists import write_lists
from benchmarks.peers.ranked import NO_ROW, Ranked
from firstlight_evaluation.exchange import read_peers
from firstlight_evaluation.material import Material
from firstlight_evaluation.points import Evidence
from tests.benchmarks.peers.best_sellers import BestSellers


@pytest.fixture(scope="module")
def outcome(export: Exchange) -> Outcome:
    return compete(BestSellers(), export, seeds=[5, 6])


@pytest.fixture
def written(export: Exchange, outcome: Outcome, folder: Path, tmp_path: Path) -> Path:
    target = Path(shutil.copytree(folder, tmp_path / "export"))
    write_lists(BestSellers(), outcome, exchange=export, directory=target)
    return target


def test_the_evaluation_judges_by_them(written: Path, shop: Material) -> None:
    [peer] = read_peers(written, shop)
    assert peer.name == "best sellers"
    assert peer.answers_from == {Evidence.EVENTS}
    assert len(peer.scorers) == 2


def test_they_say_what_was_tried_and_with_what(written: Path, export: Exchange, outcome: Outcome) -> None:
    facts = json.loads((written / "lists" / "best-sellers.json").read_text(encoding="utf-8"))
    assert facts["exchange"] == export.fingerprint
    assert facts["chosen"] == {"sign": 1}
    assert facts["validation"] == outcome.chosen.validation
    assert [one["option"]["sign"] for one in facts["tried"]] == [-1, 1]
    assert facts["seeds"] == [5, 6]
    assert facts["versions"]["polars"] == pl.__version__


def test_ranks_run_from_one_without_gaps(written: Path) -> None:
    table = pl.read_parquet(written / "lists" / "best-sellers.parquet")
    own = table.filter((pl.col("seed") == 6) & (pl.col("case") == pl.col("case").max()))
    assert own["rank"].to_list() == list(range(1, own.height + 1))


@pytest.mark.parametrize(
    ("head", "message"),
    [
        pytest.param((NO_ROW, NO_ROW), "has an empty list", id="a list without items"),
        pytest.param((1, 1), "a row occurs twice", id="a list with an item twice"),
    ],
)
def test_what_cannot_be_judged_is_not_written(
    head: tuple[int, int], message: str, export: Exchange, outcome: Outcome, tmp_path: Path
) -> None:
    rows = np.full_like(outcome.lists[5].rows, NO_ROW)
    rows[:, :2] = head
    faulty = replace(outcome, lists={5: Ranked(rows, outcome.lists[5].scores)})
    with pytest.raises(ListsError, match=message):
        write_lists(BestSellers(), faulty, exchange=export, directory=tmp_path)
    assert not list(tmp_path.glob("lists/*"))


def test_an_item_of_the_history_is_not_written(export: Exchange, outcome: Outcome, tmp_path: Path) -> None:
    rows = np.full_like(outcome.lists[5].rows, NO_ROW)
    rows[:, 0] = [newcomer.history[0] for newcomer in outcome.newcomers]
    faulty = replace(outcome, lists={5: Ranked(rows, outcome.lists[5].scores)})
    with pytest.raises(ListsError, match="are of the newcomer's own history"):
        write_lists(BestSellers(), faulty, exchange=export, directory=tmp_path)
