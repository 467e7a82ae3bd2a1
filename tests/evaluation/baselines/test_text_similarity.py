"""Text baselines are means and inner products of the vectors given, with equal texts exactly tied."""

import numpy as np
import pytest

from firstlight_evaluation.baselines.text_similarity import TextMean, TextMeanOption, UntrainedPrompts
from firstlight_evaluation.distinct_rows import DistinctRows
from tests.evaluation.synthetic_domain import case

RANDOM = np.random.default_rng(0)
VECTORS = RANDOM.normal(size=(9, 5)).astype(np.float32)
ITEMS = VECTORS[[0, 1, 2, 3, 3, 4, 0, 5]]


@pytest.mark.parametrize(
    ("decay", "weights"), [(1.0, [1, 1, 1]), (0.5, [0.25, 0.5, 1]), (0.0, [0, 0, 1])], ids=["mean", "decayed", "last"]
)
def test_a_history_is_the_weighted_sum_of_its_texts(decay: float, weights: list[float]) -> None:
    expected = ITEMS @ (np.array(weights) @ ITEMS[[2, 5, 1]])

    scores = TextMean(DistinctRows(ITEMS), TextMeanOption(decay)).score([case([4]), case([2, 5, 1])])

    assert scores[1] == pytest.approx(expected, abs=1e-5)


def test_an_event_weight_counts() -> None:
    weighted = case([2, 5])
    weighted.weights[:] = [3.0, -1.0]

    scores = TextMean(DistinctRows(ITEMS), TextMeanOption(1.0)).score([weighted])

    assert scores[0] == pytest.approx(ITEMS @ (3 * ITEMS[2] - ITEMS[5]), abs=1e-5)


def test_declared_names_are_averaged() -> None:
    scores = UntrainedPrompts(DistinctRows(ITEMS), VECTORS[6:]).score([case(declared=(0, 2))])

    assert scores[0] == pytest.approx(ITEMS @ (VECTORS[6] + VECTORS[8]) / 2, abs=1e-5)


def test_items_of_one_text_tie_exactly_whatever_the_catalogue_size() -> None:
    rows = np.repeat(RANDOM.normal(size=(301, 33)).astype(np.float32), 3, axis=0)
    scores = DistinctRows(rows).inner_products(RANDOM.normal(size=(17, 33)).astype(np.float32))

    assert (scores[:, 0::3] == scores[:, 1::3]).all()
    assert (scores[:, 0::3] == scores[:, 2::3]).all()


def test_distinct_rows_give_back_every_row() -> None:
    rows = DistinctRows(ITEMS)

    assert rows.width == 5
    assert (rows.take(np.arange(len(ITEMS))) == ITEMS).all()
