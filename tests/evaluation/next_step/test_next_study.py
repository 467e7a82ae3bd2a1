"""Studies of next steps on a made-up shop: ours against simple forecasts, and calibration."""

import numpy as np
import pytest

from firstlight_encoder.training.profile.next_fit import NextCase
from firstlight_evaluation.errors import NoCasesError
from firstlight_evaluation.material import Material
from firstlight_evaluation.next_step.rivals import rivals
from firstlight_evaluation.next_step.study import BINS, OURS, NextStudy, study_next
from tests.evaluation.synthetic_domain import Shop, clustered

SHOP = Shop(users=200, baskets=16, loyalty=0.7)


@pytest.fixture(scope="module")
def shop() -> Material:
    return clustered(SHOP)


@pytest.fixture(scope="module")
def study(shop: Material) -> NextStudy:
    paths = [["shop", f"cluster {c}"] for c in range(SHOP.clusters) for _ in range(SHOP.items_of_a_cluster)]
    return study_next(shop.split, categories=paths, brands=[None] * len(paths), seed=0, most=400)


def test_ours_is_likelier_than_the_last_and_the_common_and_no_less_than_the_most_frequent(study: NextStudy) -> None:
    rows = {row.forecast: row for row in study.rows if row.metric == "log loss" and row.known == "any"}
    assert rows["last"].gain.high < 0
    assert rows["common"].gain.high < 0
    assert rows["most frequent"].gain.low < 0.02
    assert rows[OURS].gain.value == 0


def test_what_is_told_is_about_what_comes(study: NextStudy) -> None:
    assert study.errors["category"] < 0.1
    assert len(study.bins["category"]) == BINS


def test_what_says_nothing_is_left_out_or_refused(shop: Material, study: NextStudy) -> None:
    assert set(study.errors) == {"category"}
    nothing = [list[str]() for _ in range(shop.split.train.item_count)]
    with pytest.raises(NoCasesError, match="nothing to foretell"):
        study_next(shop.split, categories=nothing, brands=[None] * len(nothing), seed=0, most=10)


def test_simple_forecasts_are_smoothed_as_suits_them_best() -> None:
    common = np.array([0.5, 0.3, 0.2])
    cases = [NextCase(0, np.array([2, 2, 1]), np.zeros(3), np.array([2]))] * 3
    made = rivals(common, cases)
    assert made["most frequent"].probabilities(cases[0]).argmax() == 2
    assert made["most frequent"].share == pytest.approx(0.02)
    assert made["last"].probabilities(cases[0])[1] == pytest.approx(0.02 + 0.98 * 0.3, abs=0.05)
    nobody = NextCase(0, np.zeros(0, np.int64), np.zeros(0), np.array([0]))
    assert made["last"].probabilities(nobody).tolist() == common.tolist()
