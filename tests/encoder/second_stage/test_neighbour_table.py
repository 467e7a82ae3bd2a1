"""Reading a neighbour table, against doing it one event and one row at a time."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from firstlight_encoder.second_stage.neighbour_table import NOBODY, NeighbourTable

ITEMS, WIDTH, DECAY = 12, 4, 0.5


@st.composite
def tables(draw: st.DrawFn) -> NeighbourTable:
    ids, probabilities = np.full((ITEMS, WIDTH), NOBODY, np.int32), np.zeros((ITEMS, WIDTH), np.float32)
    for row in range(ITEMS):
        others = draw(st.lists(st.sampled_from([i for i in range(ITEMS) if i != row]), max_size=WIDTH, unique=True))
        ids[row, : len(others)] = others
        probabilities[row, : len(others)] = np.linspace(0.9, 0.1, WIDTH)[: len(others)]
    return NeighbourTable(ids, probabilities, DECAY)


HISTORIES = st.lists(st.integers(0, ITEMS - 1), min_size=1, max_size=6).map(lambda rows: np.array(rows, np.int64))
ROWS = st.sets(st.integers(0, ITEMS - 1), min_size=1).map(lambda rows: np.array(sorted(rows), np.int64))


def probability(table: NeighbourTable, item: int, other: int) -> float:
    found = [float(p) for i, p in zip(table.ids[item], table.probabilities[item], strict=True) if i == other]
    return found[0] if found else 0.0


def weighted_sums(table: NeighbourTable, history: list[int]) -> dict[int, float]:
    sums = {
        other: sum(DECAY**age * probability(table, item, other) for age, item in enumerate(reversed(history)))
        for other in range(ITEMS)
    }
    return {other: value for other, value in sums.items() if value > 0}


@settings(max_examples=50, deadline=None)
@given(table=tables(), history=HISTORIES, rows=ROWS)
def test_between_is_every_probability_looked_up(
    table: NeighbourTable, history: NDArray[np.int64], rows: NDArray[np.int64]
) -> None:
    expected = [[probability(table, item, row) for row in rows.tolist()] for item in history.tolist()]
    np.testing.assert_allclose(table.between(history, rows), expected, rtol=1e-6)


@settings(max_examples=50, deadline=None)
@given(table=tables(), history=HISTORIES, most=st.integers(1, ITEMS))
def test_candidates_are_those_with_the_highest_weighted_sums(
    table: NeighbourTable, history: NDArray[np.int64], most: int
) -> None:
    sums = weighted_sums(table, history.tolist())
    found = table.candidates(history, most=most).tolist()
    assert len(set(found)) == len(found) == min(most, len(sums))
    assert sorted((sums[row] for row in found), reverse=True) == pytest.approx(
        sorted(sums.values(), reverse=True)[:most]
    )


def test_older_events_weigh_less_by_the_decay() -> None:
    nothing = np.zeros((0, 1))
    table = NeighbourTable(nothing.astype(np.int32), nothing.astype(np.float32), DECAY)
    assert table.weights(3).tolist() == [0.25, 0.5, 1.0]


def test_an_item_without_companions_offers_nobody() -> None:
    table = NeighbourTable(np.full((2, 3), NOBODY, np.int32), np.zeros((2, 3), np.float32), DECAY)
    assert table.candidates(np.array([0, 1]), most=5).tolist() == []
    assert table.between(np.array([0]), np.array([0, 1])).tolist() == [[0.0, 0.0]]
