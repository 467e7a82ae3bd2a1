"""What a build says of the weights it tried: paired differences, their intervals by user, and what was taken."""

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from firstlight_indexer.transfer_report import CONFIDENCE, TransferReport
from firstlight_indexer.weight_choice import Trial, WeightChoice

ALONE = Trial((0.0,), np.array([0.1, 0.2, 0.3, 0.4]))
GAINS = np.array([0.1, 0.1, 0.3, 0.3])
OWNERS = np.array([7, 7, 9, 9])


def report(*others: Trial, chosen: Trial = ALONE, owners: NDArray[np.int64] = OWNERS) -> TransferReport:
    choice = WeightChoice((ALONE, *others), chosen)
    return TransferReport.of(choice, domain="shop", sources=["other"], owners=owners)


def test_a_gain_is_the_mean_of_the_paired_differences() -> None:
    joint = Trial((0.5,), ALONE.quality + GAINS)
    (tried,) = report(joint, chosen=joint).tried
    assert tried.difference == pytest.approx(0.2)
    assert tried.ndcg_at_10 == pytest.approx(0.45)
    assert tried.chosen


def test_cases_of_one_user_count_as_one_in_the_interval() -> None:
    joint = Trial((0.5,), ALONE.quality + GAINS)
    (tried,) = report(joint).tried
    by_user = np.sqrt(2 * 0.2**2) / 4
    assert tried.high - tried.difference == pytest.approx(CONFIDENCE * by_user)
    assert tried.difference - tried.low == pytest.approx(CONFIDENCE * by_user)
    (apart,) = report(joint, owners=np.arange(4)).tried
    assert apart.high < tried.high


def test_the_weights_that_were_taken_are_marked_and_so_is_taking_none() -> None:
    joint, worse = Trial((0.25,), ALONE.quality + 0.1), Trial((0.5,), ALONE.quality - 0.1)
    taken = report(joint, worse, chosen=joint)
    assert [(one.weights, one.chosen) for one in taken.tried] == [((0.25,), True), ((0.5,), False)]
    assert (taken.chose_alone, report(worse).chose_alone) == (False, True)
    assert (taken.cases, taken.users) == (4, 2)


def test_the_file_holds_the_report(tmp_path: Path) -> None:
    written = json.loads(report(Trial((0.5,), ALONE.quality)).write(tmp_path / "transfer.json").read_text("utf-8"))
    assert (written["domain"], written["sources"], written["users"]) == ("shop", ["other"], 2)
    assert written["tried"] == [
        {"weights": [0.5], "ndcg_at_10": 0.25, "difference": 0.0, "low": 0.0, "high": 0.0, "chosen": False}
    ]


def test_without_a_held_out_newcomer_there_is_nothing_to_tell_apart() -> None:
    nobody = Trial((0.0,), np.zeros(0))
    choice = WeightChoice((nobody, Trial((0.5,), np.zeros(0))), nobody)
    found = TransferReport.of(choice, domain="shop", sources=["other"], owners=np.zeros(0, np.int64))
    assert (found.cases, found.users, found.tried[0].low, found.tried[0].high) == (0, 0, 0.0, 0.0)
