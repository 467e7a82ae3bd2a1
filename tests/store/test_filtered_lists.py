import numpy as np
import pytest
from numpy.typing import NDArray

from firstlight_store import NO_ROW
from firstlight_store.filtered_lists import FilteredLists, ListsWanted
from firstlight_store.listed_rows import LeftInLists

LISTS = 2_000
DIMENSION = 127
WANTED = ListsWanted(k=10, probes=10, row_count=40)


@pytest.fixture(scope="module")
def vectors() -> NDArray[np.float32]:
    """Mean directions a little shorter than 1, and a prior that is not looked at."""
    vectors = np.random.default_rng(0).normal(size=(LISTS, DIMENSION + 1)).astype(np.float32)
    vectors[:, :-1] *= 0.95 / np.linalg.norm(vectors[:, :-1], axis=1, keepdims=True)
    return vectors


@pytest.fixture(scope="module")
def queries() -> NDArray[np.float32]:
    queries = np.random.default_rng(1).normal(size=(8, DIMENSION + 1)).astype(np.float32)
    queries[:, :-1] /= np.linalg.norm(queries[:, :-1], axis=1, keepdims=True)
    queries[:, :-1] *= np.linspace(0.5, 20, 8, dtype=np.float32)[:, None]
    queries[:, -1] = 1.0
    return queries


def left(best: NDArray[np.float32], *, count: int = 50) -> LeftInLists:
    """So many rows in every list, and the highest log p in each, falling."""
    return LeftInLists(np.arange(LISTS), np.full(LISTS, count), -np.sort(-best).astype(np.float32))


def of_long_tail() -> LeftInLists:
    return left(np.random.default_rng(2).uniform(-18, -4, LISTS).astype(np.float32))


def probed(lists: NDArray[np.int64]) -> list[set[int]]:
    return [set(row[row != NO_ROW].tolist()) for row in lists]


def test_priors_that_tell_rows_apart_leave_few_lists_and_equal_ones_many(
    vectors: NDArray[np.float32], queries: NDArray[np.float32]
) -> None:
    judge = FilteredLists(vectors)
    apart = judge.choose(queries[:2], of_long_tail(), WANTED)
    alike = judge.choose(queries[:2], left(np.full(LISTS, -9, dtype=np.float32)), WANTED)
    assert 2 * apart.effort.max() < alike.effort.min()


def test_every_list_that_may_hold_one_of_the_best_rows_is_probed_within_bounds(
    vectors: NDArray[np.float32], queries: NDArray[np.float32]
) -> None:
    rest = of_long_tail()
    chosen = FilteredLists(vectors).choose(queries, rest, WANTED)
    expected = queries[:, :-1] @ vectors[rest.lists, :-1].T + queries[:, -1:] * rest.best
    best = np.argsort(-expected, axis=1)[:, : WANTED.k]
    assert all(set(rest.lists[row].tolist()) <= lists for row, lists in zip(best, probed(chosen.lists), strict=True))
    counts = [len(lists) for lists in probed(chosen.lists)]
    assert WANTED.least <= min(counts) <= max(counts) <= WANTED.most
    np.testing.assert_allclose(chosen.effort, np.array(counts) / WANTED.least)


def test_what_is_chosen_by_the_most_popular_lists_is_what_all_would_choose(
    vectors: NDArray[np.float32], queries: NDArray[np.float32], monkeypatch: pytest.MonkeyPatch
) -> None:
    judge, rest = FilteredLists(vectors), of_long_tail()
    wanted = ListsWanted(k=10, probes=2, row_count=40)
    some = judge.choose(queries, rest, wanted)
    monkeypatch.setattr("firstlight_store.filtered_lists._JUDGED_FIRST", LISTS)
    assert probed(some.lists) == probed(judge.choose(queries, rest, wanted).lists)


def test_somebody_who_wants_unpopular_items_has_every_list_judged(
    vectors: NDArray[np.float32], queries: NDArray[np.float32]
) -> None:
    contrary = np.concatenate([queries[:, :-1], -queries[:, -1:]], axis=1)
    chosen = FilteredLists(vectors).choose(contrary[:1], of_long_tail(), WANTED)
    assert min(probed(chosen.lists)[0]) >= LISTS - WANTED.most


def test_lists_of_few_allowed_rows_are_probed_until_they_hold_enough(
    vectors: NDArray[np.float32], queries: NDArray[np.float32]
) -> None:
    rest = left(np.random.default_rng(2).uniform(-18, -4, LISTS).astype(np.float32), count=1)
    for row_count in (40, 300, 1_500):
        wanted = ListsWanted(k=10, probes=2, row_count=row_count)
        assert min(map(len, probed(FilteredLists(vectors).choose(queries, rest, wanted).lists))) == row_count


def test_fewer_rows_than_are_wanted_lie_in_all_lists_that_hold_any(
    vectors: NDArray[np.float32], queries: NDArray[np.float32]
) -> None:
    rest = of_long_tail().first(7)
    chosen = FilteredLists(vectors).choose(queries, rest, ListsWanted(k=600, probes=60, row_count=1_000))
    assert probed(chosen.lists) == [set(range(7))] * len(queries)


def test_a_query_is_given_the_same_lists_alone_and_in_company(
    vectors: NDArray[np.float32], queries: NDArray[np.float32]
) -> None:
    judge, rest = FilteredLists(vectors), of_long_tail()
    apart = [judge.choose(queries[place : place + 1], rest, WANTED).lists for place in range(len(queries))]
    assert probed(judge.choose(queries, rest, WANTED).lists) == [probed(lists)[0] for lists in apart]
