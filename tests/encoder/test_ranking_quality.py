import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstlight_encoder.ranking_quality import CUT, best_first, best_ndcg, ndcg

ITEMS = 25


def brute_force_ndcg(ranking: list[int], *, history: set[int], targets: set[int]) -> float:
    """The definition, one rank at a time."""
    shown = [row for row in ranking if row not in history][:CUT]
    gain = sum(1 / math.log2(rank + 1) for rank, row in enumerate(shown, start=1) if row in targets)
    return gain / sum(1 / math.log2(rank + 1) for rank in range(1, min(CUT, len(targets)) + 1))


@given(
    ranking=st.permutations(range(ITEMS)),
    history=st.sets(st.integers(0, ITEMS - 1), max_size=10),
    targets=st.sets(st.integers(0, ITEMS - 1), min_size=1, max_size=15),
)
def test_ndcg_is_what_its_definition_says(ranking: list[int], history: set[int], targets: set[int]) -> None:
    measured = ndcg(ranking, history=np.array(sorted(history), np.int64), targets=np.array(sorted(targets), np.int64))
    assert measured == pytest.approx(brute_force_ndcg(ranking, history=history, targets=targets))


def test_the_targets_first_are_worth_one_and_below_the_cut_nothing() -> None:
    nobody = np.zeros(0, np.int64)
    assert ndcg(range(ITEMS), history=nobody, targets=np.array([0, 1, 2])) == pytest.approx(1.0)
    assert ndcg(range(ITEMS), history=nobody, targets=np.array([CUT, CUT + 1])) == 0.0


@given(
    scores=st.lists(st.sampled_from([-1.0, 0.0, 0.5, 2.0]) | st.floats(-5, 5, width=32), min_size=1, max_size=40),
    count=st.integers(1, 50),
)
def test_the_best_come_first(scores: list[float], count: int) -> None:
    rows = best_first(np.array(scores, np.float32), count=count)
    assert len(set(rows.tolist())) == len(rows) == min(count, len(scores))
    assert [scores[int(row)] for row in rows] == sorted(scores, reverse=True)[:count]


@given(
    seed=st.integers(0, 2**16),
    items=st.integers(1, 40),
    known=st.sets(st.integers(0, 39), max_size=30),
    targets=st.sets(st.integers(0, 60), min_size=1, max_size=15),
)
def test_several_scorings_of_a_shortlist_are_judged_as_each_alone(
    seed: int, items: int, known: set[int], targets: set[int]
) -> None:
    random = np.random.default_rng(seed)
    rows = np.sort(random.permutation(60)[:items])
    scores = random.permutation(3 * items).reshape(3, items).astype(np.float32)
    history, wanted = np.array(sorted(known), np.int64), np.array(sorted(targets - known | {60}), np.int64)
    rankings = (rows[best_first(own, count=CUT + len(history))] for own in scores)
    each = [ndcg(ranking, history=history, targets=wanted) for ranking in rankings]
    found = best_ndcg(scores, rows=rows, history=history, targets=wanted)
    assert found.tolist() == pytest.approx(each)


def test_ties_among_the_best_fall_by_row() -> None:
    assert best_first(np.array([1, 2, 2, 1, 2], np.float32), count=5).tolist() == [1, 2, 4, 0, 3]
