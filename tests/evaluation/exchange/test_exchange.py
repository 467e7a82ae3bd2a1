"""Out go training events and cases without the test's targets; back come lists, judged on exactly those cases."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from firstlight_evaluation.contender import ALWAYS, Contender
from firstlight_evaluation.curve import curve_cases
from firstlight_evaluation.errors import PeerListsError
from firstlight_evaluation.evaluate import evaluate
from firstlight_evaluation.exchange import ListScorer, read_peers, write_exchange
from firstlight_evaluation.exchange.numbered_cases import CaseKey
from firstlight_evaluation.judge import judge
from firstlight_evaluation.lineup import CASES_PER_TUNING_POINT
from firstlight_evaluation.material import Material
from firstlight_evaluation.points import Evidence, Point
from firstlight_indexer.catalogue import Catalogue
from tests.evaluation.known_scorers import Oracle
from tests.evaluation.synthetic_domain import Shop, case, clustered

Change = Callable[[pl.DataFrame], pl.DataFrame]
FAULTS: dict[str, tuple[Change, str]] = {
    "an unknown case": (lambda t: t.with_columns(case=pl.col("case") + 100_000), "no such case"),
    "an unknown item": (lambda t: t.with_columns(row=pl.col("row") + 100_000), "no such row"),
    "a gap in the ranks": (lambda t: t.filter(pl.col("rank") != 2), "ranks run 1, 2, 3"),
    "an item twice": (lambda t: t.with_columns(row=pl.col("row").first().over("case")), "stands twice"),
    "a case left out": (lambda t: t.filter(pl.col("case") != pl.col("case").max()), "has no list for case"),
    "a column left out": (lambda t: t.drop("row"), "column 'row' is missing"),
    "no list at all": (lambda t: t.clear(), "there is no list in it"),
}


def catalogue_of(material: Material) -> Catalogue:
    rows = range(material.split.train.item_count)
    paths = [[material.labels.names[int(label)] for label in material.labels.of(row)] for row in rows]
    return Catalogue(
        pl.DataFrame(
            {
                "item_id": [f"i{row:03}" for row in rows],
                "title": [f"Thing {row}" for row in rows],
                "category": paths,
                "brand": pl.Series([None for _ in rows], dtype=pl.String),
                "description": pl.Series([None for _ in rows], dtype=pl.String),
            }
        )
    )


@pytest.fixture(scope="module")
def folder(shop: Material, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exchange")
    write_exchange(shop, catalogue_of(shop), directory=folder)
    return folder


def facts(folder: Path) -> dict[str, object]:
    content: dict[str, object] = json.loads((folder / "exchange.json").read_text(encoding="utf-8"))
    return content


def lists_for(folder: Path, *, history: bool = False) -> pl.DataFrame:
    """Lists of the first five items that are not known, for every case with events."""
    cases = pl.read_parquet(folder / "test.parquet").filter(pl.col("k") > 0)
    rows = [
        (number, rank, row, 1.0 / rank)
        for number, known in cases.select("case", "history").iter_rows()
        for rank, row in enumerate([row for row in range(96) if history or row not in known][:5], start=1)
    ]
    return pl.DataFrame(rows, schema=["case", "rank", "row", "score"], orient="row")


def answer(folder: Path, to: Path, table: pl.DataFrame, **changed: object) -> Path:
    (to / "lists").mkdir(parents=True)
    table.write_parquet(to / "lists" / "peer.parquet")
    content = {"name": "a peer", "exchange": facts(folder)["fingerprint"], "chosen": {"factors": 8}, **changed}
    (to / "lists" / "peer.json").write_text(json.dumps(content))
    return to


def test_the_test_cases_are_those_of_the_curve_without_their_targets(shop: Material, folder: Path) -> None:
    table = pl.read_parquet(folder / "test.parquet")
    cases = [case for own in curve_cases(shop.split.test, labels=shop.labels).values() for case in own]

    assert table["case"].to_list() == list(range(len(cases)))
    assert table["history"].to_list() == [case.history.tolist() for case in cases]
    assert table["declared_labels"].to_list() == [list(case.declared) for case in cases]
    assert not {"targets", "time_h"} & set(table.columns)


def test_validation_cases_carry_targets_and_mark_what_baselines_are_tuned_on(folder: Path) -> None:
    table = pl.read_parquet(folder / "validation.parquet")

    tuned = table.filter("tuning").group_by("k", "declared").len()
    assert {(k, declared) for k, declared, _ in tuned.iter_rows()} == {
        (0, False), (0, True), (1, False), (3, False), (10, False),
    }  # fmt: skip
    assert max(tuned["len"].to_list()) <= CASES_PER_TUNING_POINT
    assert min(table["targets"].list.len().to_list()) >= 1


def test_no_judged_user_is_among_the_training_events(folder: Path) -> None:
    users = {name: set(pl.read_parquet(folder / f"{name}.parquet")["user"]) for name in ("train", "validation", "test")}

    assert not users["train"] & (users["validation"] | users["test"])
    assert not users["validation"] & users["test"]


def test_items_and_labels_are_written_by_catalogue_row(shop: Material, folder: Path) -> None:
    items, carried = pl.read_parquet(folder / "items.parquet"), pl.read_parquet(folder / "item_labels.parquet")

    assert items["row"].to_list() == list(range(96))
    assert carried.filter(pl.col("row") == 13)["label"].to_list() == shop.labels.of(13).tolist()
    assert pl.read_parquet(folder / "labels.parquet")["name"].to_list() == list(shop.labels.names)


def test_lists_take_part_as_a_baseline_with_what_they_say_of_themselves(
    shop: Material, folder: Path, tmp_path: Path
) -> None:
    peers = read_peers(answer(folder, tmp_path, lists_for(folder)), shop)
    summary = evaluate(
        shop, train=lambda seed: Contender(Oracle(96, seed=seed), ALWAYS, baseline=False), seeds=[0], peers=peers
    )

    assert {one.point for one in summary.measurements if one.model == "a peer"} == {
        Point(1), Point(2), Point(3), Point(5), Point(10),
    }  # fmt: skip
    assert "a peer" not in summary.under_test
    assert summary.facts["settings"]["a peer"]["chosen"] == {"factors": 8}  # type: ignore[index]


def test_a_list_is_judged_in_the_order_of_its_ranks() -> None:
    known = case([7], targets=[2])
    model = ListScorer("lists", {CaseKey.of(known): np.array([5, 2, 3])}, item_count=40)

    assert judge(model, [known], seed=0)["ndcg@10"].tolist() == pytest.approx([1 / np.log2(3)])


def test_each_seed_of_a_peer_takes_its_turn(shop: Material, folder: Path, tmp_path: Path) -> None:
    table = lists_for(folder)
    both = pl.concat([table.with_columns(seed=pl.lit(seed)) for seed in (3, 4)])

    peer = read_peers(answer(folder, tmp_path, both), shop)[0]

    assert peer.answers_from == {Evidence.EVENTS}
    assert peer.contender(0).scorer is peer.contender(2).scorer is not peer.contender(1).scorer


@pytest.mark.parametrize(("change", "reason"), FAULTS.values(), ids=list(FAULTS))
def test_lists_that_cannot_be_judged_are_refused_by_name(
    shop: Material, folder: Path, tmp_path: Path, change: Change, reason: str
) -> None:
    with pytest.raises(PeerListsError, match=rf"peer\.parquet: .*{reason}"):
        read_peers(answer(folder, tmp_path, change(lists_for(folder))), shop)


def test_a_list_that_shows_what_is_known_is_refused(shop: Material, folder: Path, tmp_path: Path) -> None:
    with pytest.raises(PeerListsError, match="part of the case's history"):
        read_peers(answer(folder, tmp_path, lists_for(folder, history=True)), shop)


def test_lists_of_another_split_are_refused(folder: Path, tmp_path: Path) -> None:
    other = clustered(Shop(seed=1))

    with pytest.raises(PeerListsError, match=r"peer\.json: exchange is .* export again"):
        read_peers(answer(folder, tmp_path, lists_for(folder)), other)


def test_a_folder_without_lists_and_facts_without_a_name_are_refused(
    shop: Material, folder: Path, tmp_path: Path
) -> None:
    with pytest.raises(PeerListsError, match=r"holds no peer's NAME\.json"):
        read_peers(folder, shop)
    with pytest.raises(PeerListsError, match=r"peer\.json: name: "):
        read_peers(answer(folder, tmp_path, lists_for(folder), name=""), shop)
