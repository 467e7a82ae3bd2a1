"""Reading neighbour tables, against doing it one table, one event and one row at a time."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from firstlight_encoder.second_stage.neighbour_table import NOBODY, NeighbourTable
from firstlight_encoder.second_stage.neighbourhoods import Neighbourhoods

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


def keys(found: Neighbourhoods, history: int, rows: list[int]) -> NDArray[np.int64]:
    return np.array([history * found.stride + row + 1 for row in rows], np.int64)


@settings(max_examples=50, deadline=None)
@given(tables=TABLES, histories=st.lists(HISTORIES, min_size=1, max_size=4))
def test_what_is_told_of_every_companion_is_what_looking_it_up_tells(
    tables: list[NeighbourTable], histories: list[NDArray[np.int64]]
) -> None:
    found = Neighbourhoods.of(tables, histories)
    for place, history in enumerate(histories):
        told = found.told[:, :, found.at(keys(found, place, list(range(ITEMS))))]
        for number, table in enumerate(tables):
            sums = weighted_sums(table, history.tolist())
            for other in range(ITEMS):
                beside = [probability(table, item, other) for item in history.tolist()]
                expected = [sums.get(other, 0), max(beside, default=0), (beside or [0])[-1], np.count_nonzero(beside)]
                assert told[:, number, other].tolist() == pytest.approx(expected, rel=1e-6)


@settings(max_examples=50, deadline=None)
@given(tables=TABLES, histories=st.lists(HISTORIES, min_size=1, max_size=4), most=st.integers(1, ITEMS))
def test_the_best_are_those_with_the_highest_weighted_sums_of_each_table_and_history(
    tables: list[NeighbourTable], histories: list[NDArray[np.int64]], most: int
) -> None:
    found = Neighbourhoods.of(tables, histories)
    best = found.best(most)
    expected = [
        (place, number, sums)
        for number, table in enumerate(tables)
        for place, history in enumerate(histories)
        if (sums := weighted_sums(table, history.tolist()))
    ]
    counts = [min(most, len(sums)) for _, _, sums in expected]
    assert len(best) == sum(counts)
    parts = np.split(best, np.cumsum(counts)[:-1]) if counts else []
    for (place, _, sums), part in zip(expected, parts, strict=True):
        rows = (part - place * found.stride - 1).tolist()
        assert len(set(rows)) == len(rows)
        assert sorted((sums[row] for row in rows), reverse=True) == pytest.approx(
            sorted(sums.values(), reverse=True)[: len(rows)], rel=1e-6
        )


def test_older_events_weigh_less_by_each_tables_decay() -> None:
    nobody = np.full((4, 1), NOBODY, np.int32)
    tables = [NeighbourTable(nobody, np.zeros((4, 1), np.float32), decay) for decay in (0.5, 1.0)]
    found = Neighbourhoods.of(tables, [np.array([1, 2, 3]), np.array([0])])
    assert found.weights.tolist() == [[0.25, 0.5, 1.0, 1.0], [1.0, 1.0, 1.0, 1.0]]


def test_an_item_without_companions_offers_nobody() -> None:
    table = NeighbourTable(np.full((2, 3), NOBODY, np.int32), np.zeros((2, 3), np.float32), 0.5)
    found = Neighbourhoods.of([table], [np.array([0, 1])])
    assert found.best(5).tolist() == []
    assert not found.told[:, :, found.at(keys(found, 0, [0, 1]))].any()
