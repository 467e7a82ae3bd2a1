"""The neighbour models against dense co-occurrence tables worked out the long way."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from firstlight_encoder.interactions import Interactions
from firstlight_encoder.training.second_stage import companions
from firstlight_evaluation.baselines.conditional import ConditionalNeighbours, ConditionalOption
from firstlight_evaluation.baselines.cosine import CosineNeighbours, CosineOption
from firstlight_evaluation.baselines.groups import GroupBy, ItemGroups
from tests.evaluation.synthetic_domain import case, log

ITEMS = 7
LINES = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 2), st.integers(0, ITEMS - 1)), min_size=1, max_size=30
).map(sorted)
HISTORY = st.lists(st.integers(0, ITEMS - 1), min_size=1, max_size=4)


def dense(train: Interactions, by: GroupBy) -> NDArray[np.float64]:
    """Group-by-item membership, 0 or 1."""
    keys = list(
        zip(train.users.tolist(), train.baskets.tolist() if by is GroupBy.BASKET else [0] * len(train), strict=True)
    )
    table = np.zeros((len(set(keys)), train.item_count))
    numbers = {key: number for number, key in enumerate(dict.fromkeys(keys))}
    for key, item in zip(keys, train.items.tolist(), strict=True):
        table[numbers[key], item] = 1
    return table


@given(lines=LINES, history=HISTORY, by=st.sampled_from(GroupBy), decay=st.sampled_from([1.0, 0.5]))
def test_cosine_is_the_decayed_sum_of_cosines_to_the_history(
    lines: list[tuple[int, int, int]], history: list[int], by: GroupBy, decay: float
) -> None:
    train = log(lines, item_count=ITEMS)
    table = dense(train, by)
    norms = np.maximum(np.sqrt(table.sum(axis=0)), 1)
    cosines = (table.T @ table) / np.outer(norms, norms)
    expected = sum(decay**age * cosines[item] for age, item in enumerate(reversed(history)))

    scores = CosineNeighbours({by: ItemGroups(train, by)}, CosineOption(by, decay)).score([case([0]), case(history)])

    assert scores[1] == pytest.approx(expected, abs=1e-5)


@given(
    lines=LINES,
    history=HISTORY,
    by=st.sampled_from(GroupBy),
    smoothing=st.sampled_from([1.0, 20.0]),
    decay=st.sampled_from([1.0, 0.5]),
)
def test_conditional_is_the_sum_of_smoothed_probabilities(
    lines: list[tuple[int, int, int]], history: list[int], by: GroupBy, smoothing: float, decay: float
) -> None:
    train = log(lines, item_count=ITEMS)
    table = dense(train, by)
    counts, share = table.sum(axis=0), table.mean(axis=0)
    together = table.T @ table
    expected = sum(
        decay**age * (together[item] + smoothing * share) / (counts[item] + smoothing)
        for age, item in enumerate(reversed(history))
    )

    model = ConditionalNeighbours({by: ItemGroups(train, by)}, ConditionalOption(by, smoothing, decay))

    assert model.score([case(history), case([1])])[0] == pytest.approx(expected, abs=1e-5)


def test_a_long_history_counts_with_its_latest_distinct_items(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(companions, "MOST_ITEMS_OF_A_USER", 2)
    # Item 0 is taken first and again last, so it is among the latest two; items 1 and 2 are older than 3.
    train = log([(0, 0, 0), (0, 1, 1), (0, 2, 2), (0, 3, 3), (0, 4, 0), (1, 0, 2)], item_count=5)

    assert ItemGroups(train, GroupBy.USER).item_counts.tolist() == [1, 0, 1, 1, 0]


def test_an_item_nobody_took_gets_popularity_from_probabilities_and_nothing_from_cosines() -> None:
    train = log([(0, 0, 1), (0, 1, 2), (1, 0, 2)], item_count=4)
    groups = {GroupBy.USER: ItemGroups(train, GroupBy.USER)}

    conditional = ConditionalNeighbours(groups, ConditionalOption(GroupBy.USER, 10.0)).score([case([3])])[0]

    assert conditional.tolist() == pytest.approx([0.0, 0.5, 1.0, 0.0])
    assert not CosineNeighbours(groups, CosineOption(GroupBy.USER, 1.0)).score([case([3])]).any()


def test_a_disliked_item_speaks_against_its_neighbours() -> None:
    train = log([(0, 0, 0), (0, 0, 1), (1, 0, 2), (1, 0, 3)], item_count=4)
    against = case([0])
    against.weights[0] = -1.0

    scores = CosineNeighbours({GroupBy.USER: ItemGroups(train, GroupBy.USER)}, CosineOption(GroupBy.USER, 1.0)).score(
        [against]
    )[0]

    assert scores.tolist() == pytest.approx([-1.0, -1.0, 0.0, 0.0])
