import numpy as np
import pytest

from firstlight_store import AllowedRows
from firstlight_store.listed_rows import ListedRows

LOG_PRIORS = np.array([-9, -3, -7, -5, -4, -8], dtype=np.float32)


@pytest.fixture
def listed() -> ListedRows:
    lists = [np.array(rows, dtype=np.int64) for rows in ([0, 2, 3], [], [1, 5], [4])]
    return ListedRows(lists, log_priors=LOG_PRIORS)


def test_a_filter_leaves_counts_and_the_highest_prior_of_each_list_that_holds_any(listed: ListedRows) -> None:
    left = listed.left_by(AllowedRows(np.array([True, False, True, False, True, True])))
    assert left.lists.tolist() == [3, 0, 2]
    assert left.counts.tolist() == [1, 2, 1]
    assert left.best.tolist() == [-4, -7, -8]


def test_everything_leaves_every_list_that_is_not_empty(listed: ListedRows) -> None:
    left = listed.left_by(AllowedRows(np.ones(6, dtype=np.bool_)))
    assert dict(zip(left.lists.tolist(), left.counts.tolist(), strict=True)) == {0: 3, 2: 2, 3: 1}
    assert left.best.tolist() == [-3, -4, -5]


def test_the_first_lists_are_those_of_the_highest_prior(listed: ListedRows) -> None:
    left = listed.left_by(AllowedRows(np.ones(6, dtype=np.bool_))).first(2)
    assert (left.lists.tolist(), left.counts.tolist(), left.best.tolist()) == ([2, 3], [2, 1], [-3, -4])


def test_what_is_left_is_counted_once_for_a_choice_that_is_kept(listed: ListedRows) -> None:
    allowed = AllowedRows(np.ones(6, dtype=np.bool_))
    assert listed.left_by(allowed) is listed.left_by(allowed)
    assert listed.left_by(allowed) is not listed.left_by(AllowedRows(allowed.mask))


def test_nothing_allowed_leaves_no_list(listed: ListedRows) -> None:
    left = listed.left_by(AllowedRows(np.zeros(6, dtype=np.bool_)))
    assert (len(left.lists), len(left.counts), len(left.best)) == (0, 0, 0)
