"""Reading neighbour tables, against doing it one table, one event and one row at a time."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from firstlight_encoder.second_stage.neighbour_table import NOBODY, NeighbourTable
from firstlight_encoder.second_stage.neighbourhood import Neighbourhood

ITEMS, WIDTH = 12, 4


@st.composite
def one_table(draw: st.DrawFn) -> NeighbourTable:
    ids, probabilities = np.full((ITEMS, WIDTH), NOBODY, np.int32), np.zeros((ITEMS, WIDTH), np.float32)
    for row in range(ITEMS):
        others = draw(st.lists(st.sampled_from([i for i in range(ITEMS) if i != row]), max_size=WIDTH, unique=True))
        ids[row, : len(others)] = others
        probabilities[row, : len(others)] = np.linspace(0.9, 0.1, WIDTH)[: len(others)]
    return NeighbourTable(ids, probabilities, draw(st.sampled_from([0.5, 0.8, 1.0])))


TABLES = st.lists(one_table(), min_size=1, max_size=3)
HISTORIES = st.lists(st.integers(0, ITEMS - 1), max_size=6).map(lambda rows: np.array(rows, np.int64))
ROWS = st.sets(st.integers(0, ITEMS - 1), min_size=1).map(lambda rows: np.array(sorted(rows), np.int64))


def probability(table: NeighbourTable, item: int, other: int) -> float:
    found = [float(p) for i, p in zip(table.ids[item], table.probabilities[item], strict=True) if i == other]
    return found[0] if found else 0.0


def weighted_sums(table: NeighbourTable, history: list[int]) -> dict[int, float]:
    sums = {
        other: sum(table.decay**age * probability(table, item, other) for age, item in enumerate(reversed(history)))
        for other in range(ITEMS)
    }
    return {other: value for other, value in sums.items() if value > 0}


@settings(max_examples=50, deadline=None)
@given(tables=TABLES, history=HISTORIES, rows=ROWS)
def test_between_is_every_probability_looked_up(
    tables: list[NeighbourTable], history: NDArray[np.int64], rows: NDArray[np.int64]
) -> None:
    expected = np.zeros((len(tables), len(history), len(rows)))
    for place, table in enumerate(tables):
        for event, item in enumerate(history.tolist()):
            expected[place, event] = [probability(table, item, row) for row in rows.tolist()]
    np.testing.assert_allclose(Neighbourhood.of(tables, history).between(rows), expected, rtol=1e-6)


@settings(max_examples=50, deadline=None)
@given(table=one_table(), history=HISTORIES, most=st.integers(1, ITEMS))
def test_the_best_are_those_with_the_highest_weighted_sums(
    table: NeighbourTable, history: NDArray[np.int64], most: int
) -> None:
    sums = weighted_sums(table, history.tolist())
    found = Neighbourhood.of([table], history).best(most).tolist()
    assert len(set(found)) == len(found) == min(most, len(sums))
    assert sorted((sums[row] for row in found), reverse=True) == pytest.approx(
        sorted(sums.values(), reverse=True)[:most]
    )


@settings(max_examples=30, deadline=None)
@given(tables=TABLES, history=HISTORIES, most=st.integers(1, ITEMS))
def test_the_best_of_several_tables_are_the_best_of_each(
    tables: list[NeighbourTable], history: NDArray[np.int64], most: int
) -> None:
    apart = [row for table in tables for row in Neighbourhood.of([table], history).best(most).tolist()]
    assert sorted(Neighbourhood.of(tables, history).best(most).tolist()) == sorted(apart)


def test_older_events_weigh_less_by_each_tables_decay() -> None:
    nobody = np.full((4, 1), NOBODY, np.int32)
    tables = [NeighbourTable(nobody, np.zeros((4, 1), np.float32), decay) for decay in (0.5, 1.0)]
    found = Neighbourhood.of(tables, np.array([1, 2, 3]))
    assert found.weights.tolist() == [[0.25, 0.5, 1.0], [1.0, 1.0, 1.0]]


def test_an_item_without_companions_offers_nobody() -> None:
    table = NeighbourTable(np.full((2, 3), NOBODY, np.int32), np.zeros((2, 3), np.float32), 0.5)
    found = Neighbourhood.of([table], np.array([0, 1]))
    assert found.best(5).tolist() == []
    assert found.between(np.array([0, 1])).tolist() == [[[0.0, 0.0], [0.0, 0.0]]]
