"""The metrics against a reading of their definitions, item by item."""

from math import log2

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstlight_evaluation.metrics import hits, ndcg, recall, reciprocal_rank

RANKINGS = st.permutations(range(20)).map(lambda items: items[:10])
TARGETS = st.sets(st.integers(0, 19), min_size=1, max_size=15)


def worth(ranking: list[int], targets: set[int]) -> tuple[float, float]:
    found = hits(np.array([ranking]), [np.array(sorted(targets))])
    counts = np.array([len(targets)])
    return float(ndcg(found, counts)[0]), float(recall(found, counts)[0])


@given(ranking=RANKINGS, targets=TARGETS)
def test_ndcg_is_gain_over_the_best_possible_gain(ranking: list[int], targets: set[int]) -> None:
    gain = sum(1 / log2(place + 2) for place, item in enumerate(ranking) if item in targets)
    ideal = sum(1 / log2(place + 2) for place in range(min(10, len(targets))))

    assert worth(ranking, targets)[0] == pytest.approx(gain / ideal)


@given(ranking=RANKINGS, targets=TARGETS)
def test_recall_is_the_share_of_all_targets_listed(ranking: list[int], targets: set[int]) -> None:
    assert worth(ranking, targets)[1] == pytest.approx(len(targets & set(ranking)) / len(targets))


def test_a_perfect_list_scores_one_even_for_a_basket_longer_than_the_list() -> None:
    value, share = worth(list(range(10)), set(range(15)))

    assert value == pytest.approx(1.0)
    assert share == pytest.approx(10 / 15)


def test_a_hit_at_the_second_place_is_worth_less_than_at_the_first() -> None:
    assert worth([5, 1, 2, 3, 4, 0, 6, 7, 8, 9], {5})[0] == pytest.approx(1.0)
    assert worth([1, 5, 2, 3, 4, 0, 6, 7, 8, 9], {5})[0] == pytest.approx(1 / log2(3))


@given(ranking=RANKINGS, targets=TARGETS)
def test_reciprocal_rank_is_one_over_the_first_targets_place(ranking: list[int], targets: set[int]) -> None:
    found = hits(np.array([ranking]), [np.array(sorted(targets))])
    places = [place for place, item in enumerate(ranking, start=1) if item in targets]

    value = reciprocal_rank(found, np.array([len(targets)]))[0]

    assert value == pytest.approx(1 / places[0] if places else 0.0)


def test_a_list_that_ends_early_hits_nothing_with_its_empty_places() -> None:
    assert hits(np.array([[2, -1, -1]]), [np.array([0, 1])]).tolist() == [[False, False, False]]
