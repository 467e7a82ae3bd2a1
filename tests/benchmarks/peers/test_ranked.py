"""Lists come out best first, without the history, and are filled up with what sells."""

import numpy as np

from benchmarks.peers.ranked import NO_ROW, Ranked, best, complete
from tests.benchmarks.peers.newcomers import newcomer

POPULAR = np.array([4, 3, 2, 1, 0])


def ranked(*rows: int) -> Ranked:
    return Ranked(np.array([rows]), np.linspace(1, 0.1, len(rows), dtype=np.float32)[None])


def test_the_best_come_first_and_ties_fall_by_row() -> None:
    found = best(np.array([[0.5, 2.0, 0.5, 1.0]], np.float32), count=3)
    assert found.rows.tolist() == [[1, 3, 0]]
    assert found.scores.tolist() == [[2.0, 1.0, 0.5]]


def test_more_than_there_is_gives_all_there_is() -> None:
    assert best(np.array([[0.5, 2.0]], np.float32), count=5).rows.tolist() == [[1, 0]]


def test_history_is_left_out() -> None:
    lists = complete(ranked(0, 1, 2), [newcomer([1])], popular=POPULAR, length=2)
    assert lists.rows.tolist() == [[0, 2]]


def test_a_short_list_goes_on_with_what_sells_and_is_new() -> None:
    lists = complete(ranked(3, NO_ROW, NO_ROW), [newcomer([4])], popular=POPULAR, length=3)
    assert lists.rows.tolist() == [[3, 2, 1]]
    assert (np.diff(lists.scores[0]) < 0).all()


def test_an_empty_list_is_what_sells() -> None:
    lists = complete(ranked(NO_ROW), [newcomer([0])], popular=POPULAR, length=3)
    assert lists.rows.tolist() == [[4, 3, 2]]


def test_a_list_ends_with_the_catalogue() -> None:
    lists = complete(ranked(0), [newcomer([1, 2])], popular=POPULAR, length=5)
    assert lists.rows.tolist() == [[0, 4, 3, NO_ROW, NO_ROW]]
