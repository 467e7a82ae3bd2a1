import numpy as np
import pytest
from numpy.typing import NDArray

from firstlight_encoder.interactions import Interactions
from firstlight_encoder.second_stage.neighbour_table import NOBODY
from firstlight_encoder.training.second_stage.regression import RIDGE, regression
from tests.encoder.second_stage.small_catalogue import log, shoppers

ITEMS = 10


def regressed(events: Interactions) -> NDArray[np.float64]:
    """EASE's weights as its paper writes them: those of an item's own column predict it."""
    taken = np.zeros((int(events.users.max()) + 1, events.item_count))
    taken[events.users, events.items] = 1
    precision = np.linalg.inv(taken.T @ taken + RIDGE * np.eye(events.item_count))
    weights = np.eye(events.item_count) - precision / np.diag(precision)[None, :]
    return np.where(np.eye(events.item_count) > 0, 0, weights)


def test_companions_have_the_positive_weights_of_the_regression() -> None:
    events = shoppers(80, items=ITEMS)
    table, expected = regression(events), regressed(events)
    found = np.zeros((ITEMS, ITEMS + 1))  # the last column takes what fills a row
    np.put_along_axis(found, table.ids.astype(np.int64), table.probabilities.astype(np.float64), axis=1)
    np.testing.assert_allclose(found[:, :ITEMS], np.maximum(expected, 0), atol=1e-5)
    assert (found > 0).any()


def test_each_row_has_its_heaviest_companion_first() -> None:
    table = regression(shoppers(80, items=ITEMS))
    assert (np.diff(table.probabilities, axis=1) <= 0).all()
    assert ((table.ids == NOBODY) == (table.probabilities == 0)).all()


@pytest.mark.parametrize("lines", [[], [(0, 0, 1), (1, 0, 1)]], ids=["nothing", "one_item"])
def test_where_nothing_is_taken_together_the_table_is_empty(lines: list[tuple[int, int, int]]) -> None:
    assert (regression(log(lines, items=3)).ids == NOBODY).all()
