"""A peer tries its options on tuning cases, and ranks the test cases that it can say anything about."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.peers.contest import compete
from benchmarks.peers.exchange import Exchange
from tests.benchmarks.peers.best_sellers import BestSellers, Option


def test_the_better_option_wins_on_the_tuning_cases(export: Exchange) -> None:
    outcome = compete(BestSellers(), export, seeds=[0])
    assert outcome.chosen.option == Option(1)
    assert [trial.option for trial in outcome.trials] == [Option(-1), Option(1)]
    assert outcome.chosen.validation == max(trial.validation for trial in outcome.trials)


def test_cases_that_are_not_for_tuning_choose_nothing(export: Exchange) -> None:
    misled = tuple(one if one.tuning else replace(one, targets=np.array([0])) for one in export.validation)
    honest = compete(BestSellers(), export, seeds=[0])
    other = compete(BestSellers(), replace(export, validation=misled), seeds=[0])
    assert other.trials == honest.trials


def test_ties_go_to_the_earlier_option(export: Exchange) -> None:
    outcome = compete(BestSellers(signs=(2, 1)), export, seeds=[0])
    assert outcome.chosen.option == Option(2)


def test_every_test_case_of_its_kinds_is_answered_and_no_other(export: Exchange) -> None:
    peer = BestSellers(answers=frozenset({"nothing", "events"}))
    outcome = compete(peer, export, seeds=[0])
    assert {one.case for one in outcome.newcomers} == {one.case for one in export.test if one.evidence != "declared"}
    assert outcome.lists[0].rows.shape == (len(outcome.newcomers), min(100, export.train.item_count))


def test_every_seed_has_lists(export: Exchange) -> None:
    assert list(compete(BestSellers(), export, seeds=[3, 4]).lists) == [3, 4]


def test_more_options_than_allowed_are_refused(export: Exchange) -> None:
    with pytest.raises(ValueError, match="has 9 options, a peer tries 1 to 8"):
        compete(BestSellers(signs=(1,) * 9), export, seeds=[0])


def test_progress_is_told_stage_by_stage(export: Exchange) -> None:
    told: list[tuple[str, int, int]] = []
    compete(BestSellers(), export, seeds=[0], told=lambda stage, done, total: told.append((stage, done, total)))
    assert told == [("tuning", 0, 2), ("tuning", 1, 2), ("tuning", 2, 2), ("ranking", 1, 1)]
