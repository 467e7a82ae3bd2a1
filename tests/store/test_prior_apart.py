import numpy as np
import pytest

from firstlight_store.prior_apart import PriorApart


@pytest.fixture
def rows() -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    return np.arange(24, dtype=np.float32).reshape(4, 6)


@pytest.mark.parametrize(("group", "groups"), [(1, 6), (2, 4), (3, 3), (4, 3), (5, 2), (8, 2)])
def test_the_prior_starts_a_group_that_holds_nothing_else(
    rows: np.ndarray[tuple[int, int], np.dtype[np.float32]], group: int, groups: int
) -> None:
    layout = PriorApart(6, group)
    wide = layout.widened(rows)
    assert layout.groups == groups
    assert wide.shape == (4, group * groups)
    np.testing.assert_array_equal(wide[:, -group], rows[:, -1])
    np.testing.assert_array_equal(wide[:, len(wide[0]) - group + 1 :], 0)


@pytest.mark.parametrize("group", [1, 2, 4, 5])
def test_inner_products_stay_and_the_rows_come_back(
    rows: np.ndarray[tuple[int, int], np.dtype[np.float32]], group: int
) -> None:
    layout = PriorApart(6, group)
    np.testing.assert_array_equal(layout.widened(rows) @ layout.widened(rows).T, rows @ rows.T)
    np.testing.assert_array_equal(layout.narrowed(layout.widened(rows)), rows)
