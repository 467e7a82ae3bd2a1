"""The head of a ranking against a full sort, and ties at random."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from firstlight_evaluation.ranking import NO_ITEM, top_items

NOTHING = np.zeros(0, np.int64)


def top(scores: list[float], *, excluded: NDArray[np.int64] = NOTHING, length: int = 3, seed: int = 0) -> list[int]:
    row = np.array([scores], np.float32)
    found: list[int] = top_items(row, excluded=[excluded], length=length, random=np.random.default_rng(seed))[
        0
    ].tolist()
    return found


@given(
    scores=st.lists(st.integers(-3, 3), min_size=1, max_size=40),
    excluded=st.sets(st.integers(0, 39)),
    length=st.integers(1, 12),
    seed=st.integers(0, 5),
)
def test_the_list_holds_the_scores_that_a_full_sort_puts_first(
    scores: list[int], excluded: set[int], length: int, seed: int
) -> None:
    masked = np.array(sorted(item for item in excluded if item < len(scores)), np.int64)
    open_items = [item for item in range(len(scores)) if item not in excluded]

    found = top([float(s) for s in scores], excluded=masked, length=length, seed=seed)

    listed = [item for item in found if item != NO_ITEM]
    assert [scores[item] for item in listed] == sorted((scores[item] for item in open_items), reverse=True)[:length]
    assert len(set(listed)) == len(listed)
    assert not set(listed) & excluded
    assert found[len(listed) :] == [NO_ITEM] * (length - len(listed))


def test_history_is_never_ranked_even_where_it_scores_best() -> None:
    assert top([9.0, 1.0, 2.0, 3.0], excluded=np.array([0, 3])) == [2, 1, NO_ITEM]


def test_an_excluded_item_may_be_named_twice() -> None:
    assert top([9.0, 1.0, 2.0], excluded=np.array([0, 0])) == [2, 1, NO_ITEM]


def test_scores_are_left_as_they_are() -> None:
    scores = np.arange(6, dtype=np.float32)[None, :]
    scores.setflags(write=False)

    top_items(scores, excluded=[np.array([5])], length=2, random=np.random.default_rng(0))

    assert scores[0].tolist() == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize("place", [0, 1, 2])
def test_every_tied_item_is_equally_likely_at_every_place(place: int) -> None:
    scores = np.zeros((6_000, 5), np.float32)
    found = top_items(scores, excluded=[NOTHING] * len(scores), length=3, random=np.random.default_rng(3))

    shares = [found[:, place].tolist().count(item) / len(found) for item in range(5)]

    # Five standard errors of a share of 1/5 over 6,000 draws.
    assert shares == pytest.approx([0.2] * 5, abs=5 * np.sqrt(0.2 * 0.8 / 6_000))


def test_ties_above_the_cut_are_shuffled_too() -> None:
    scores = np.tile(np.array([1.0, 1.0, 0.0, 0.0], np.float32), (2_000, 1))
    found = top_items(scores, excluded=[NOTHING] * len(scores), length=3, random=np.random.default_rng(4))

    assert set(found[:, 0].tolist()) == {0, 1}
    assert found[:, 0].tolist().count(0) / 2_000 == pytest.approx(0.5, abs=0.06)


def test_one_seed_breaks_ties_one_way() -> None:
    assert top([0.0] * 50, length=10, seed=7) == top([0.0] * 50, length=10, seed=7)
    assert top([0.0] * 50, length=10, seed=7) != top([0.0] * 50, length=10, seed=8)
