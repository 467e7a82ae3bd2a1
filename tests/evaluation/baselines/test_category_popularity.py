"""Popularity in a category puts the category first and keeps popularity's order inside and outside."""

import numpy as np
import pytest

from firstlight_encoder.labels import category_labels
from firstlight_encoder.prior import Counting
from firstlight_evaluation.baselines.category_popularity import CategoryPopularity, CategoryPopularityOption
from tests.evaluation.synthetic_domain import case, log

PATHS = [("food", "cereal", "oats"), ("food", "cereal", "corn"), ("food", "milk"), ("toys",), ()]
TRAIN = log([(0, 0, 3), (0, 1, 3), (0, 2, 3), (1, 0, 2), (1, 1, 2), (1, 2, 1)], item_count=5)
LABELS = category_labels(PATHS)


def ranking(*, leaf: bool = True, history: list[int] | None = None, declared: tuple[int, ...] = ()) -> list[int]:
    model = CategoryPopularity(TRAIN, LABELS, CategoryPopularityOption(Counting(), leaf=leaf))
    scores = model.score([case(history or [], declared=declared)])[0]
    order: list[int] = np.argsort(-scores, kind="stable").tolist()
    return order


def test_declared_categories_come_first_in_order_of_popularity() -> None:
    assert ranking(declared=(LABELS.names.index("food"),)) == [2, 1, 0, 3, 4]


def test_two_declared_categories_are_one_pool() -> None:
    declared = (LABELS.names.index("milk"), LABELS.names.index("toys"))

    assert ranking(declared=declared)[:2] == [3, 2]


@pytest.mark.parametrize(("leaf", "first"), [(True, [0, 3]), (False, [1, 0])])
def test_the_latest_event_stands_for_its_leaf_or_for_what_a_person_would_declare(leaf: bool, first: list[int]) -> None:
    assert ranking(leaf=leaf, history=[3, 0])[:2] == first


def test_an_item_without_category_leaves_plain_popularity() -> None:
    assert ranking(history=[4]) == [3, 2, 1, 0, 4]
