"""A peer reads from an export what the evaluation has in memory, the test's targets excepted."""

import json
import shutil
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from benchmarks.peers.errors import ExchangeError
from benchmarks.peers.exchange import Exchange, read_exchange
from firstlight_evaluation.curve import curve_cases
from firstlight_evaluation.material import Material


def test_the_training_log_holds_every_wanted_event_in_order(export: Exchange, shop: Material) -> None:
    train = shop.split.train
    np.testing.assert_array_equal(export.train.rows, train.items[train.wanted])
    np.testing.assert_array_equal(np.diff(export.train.users) != 0, np.diff(train.users[train.wanted]) != 0)
    assert export.train.user_count == len(np.unique(train.users))
    assert export.train.item_count == train.item_count


def test_the_test_cases_are_the_curves_without_targets(export: Exchange, shop: Material) -> None:
    cases = [case for own in curve_cases(shop.split.test, labels=shop.labels).values() for case in own]
    assert [one.history.tolist() for one in export.test] == [case.history.tolist() for case in cases]
    assert [one.labels.tolist() for one in export.test] == [list(case.declared) for case in cases]
    assert not any(len(one.targets) for one in export.test)


def test_the_validation_cases_have_targets_and_some_are_for_tuning(export: Exchange) -> None:
    assert all(len(one.targets) for one in export.validation)
    assert {one.k for one in export.validation if one.tuning} == {0, 1, 3, 10}
    assert {one.evidence for one in export.validation} == {"nothing", "declared", "events"}


def test_every_item_has_its_title_and_labels(export: Exchange, shop: Material) -> None:
    assert export.titles[13] == "Thing 13 of kind 1"
    carried = export.item_labels[export.item_labels[:, 0] == 13, 1]
    assert sorted(carried.tolist()) == sorted(shop.labels.of(13).tolist())


def test_events_against_an_item_are_history_but_not_liked(folder: Path, tmp_path: Path) -> None:
    changed = _copy(folder, tmp_path)
    table = pl.read_parquet(changed / "test.parquet").filter(pl.col("k") == 3)
    against = table.with_columns(types=pl.lit(["purchase", "dislike", "purchase"]), weights=pl.lit([1.0, 1.0, -1.0]))
    against.write_parquet(changed / "test.parquet")
    first = read_exchange(changed).test[0]
    assert first.liked.tolist() == first.history[:1].tolist()
    assert len(first.history) == 3


def test_a_folder_without_an_export_is_named(tmp_path: Path) -> None:
    with pytest.raises(ExchangeError, match=r"exchange.json is missing; write it with `firstlight-evaluate export"):
        read_exchange(tmp_path)


def test_a_missing_table_is_named(folder: Path, tmp_path: Path) -> None:
    changed = _copy(folder, tmp_path)
    (changed / "train.parquet").unlink()
    with pytest.raises(ExchangeError, match=r"train.parquet is missing"):
        read_exchange(changed)


def test_another_format_is_refused(folder: Path, tmp_path: Path) -> None:
    changed = _copy(folder, tmp_path)
    facts = json.loads((changed / "exchange.json").read_text(encoding="utf-8"))
    (changed / "exchange.json").write_text(json.dumps({**facts, "format": 2}), encoding="utf-8")
    with pytest.raises(ExchangeError, match="is of format 2, this code reads 1"):
        read_exchange(changed)


def _copy(folder: Path, to: Path) -> Path:
    return Path(shutil.copytree(folder, to / "export", ignore=shutil.ignore_patterns("lists")))
