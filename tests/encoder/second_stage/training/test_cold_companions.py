import numpy as np
import pytest
from numpy.typing import NDArray

from firstlight_encoder.second_stage.neighbour_table import NOBODY, NeighbourTable
from firstlight_encoder.training.second_stage.cold_companions import LIKE, TRUST
from firstlight_encoder.training.second_stage.cold_companions import filled as filled_together


def table(*rows: dict[int, float], width: int = 3) -> NeighbourTable:
    ids, probabilities = np.full((len(rows), width), NOBODY, np.int32), np.zeros((len(rows), width), np.float32)
    for item, row in enumerate(rows):
        for place, (other, value) in enumerate(row.items()):
            ids[item, place], probabilities[item, place] = other, value
    return NeighbourTable(ids, probabilities, 0.8)


def angles(*degrees: float) -> NDArray[np.float32]:
    radians = np.radians(degrees)
    return np.stack([np.cos(radians), np.sin(radians)], axis=1).astype(np.float32)


def filled(of: NeighbourTable, vectors: NDArray[np.float32]) -> NeighbourTable:
    return filled_together({"only": of}, vectors)["only"]


def companions(found: NeighbourTable, item: int) -> dict[int, float]:
    row = zip(found.ids[item].tolist(), found.probabilities[item].tolist(), strict=True)
    return {other: value for other, value in row if other != NOBODY}


def test_a_cold_item_borrows_from_items_like_it_by_how_like_they_are() -> None:
    before = table({1: 0.4, 2: 0.2}, {0: 0.6}, {})
    found = filled(before, angles(0, 90, 60))
    expected = {0: 0.6 * np.cos(np.pi / 6), 1: 0.4 * np.cos(np.pi / 3)}
    assert companions(found, 2) == pytest.approx({i: TRUST * value / 2 for i, value in expected.items()}, rel=1e-5)


def test_warm_rows_stay_as_they_are() -> None:
    before = table({1: 0.4}, {0: 0.6}, {})
    found = filled(before, angles(0, 90, 60))
    np.testing.assert_array_equal(found.ids[:2], before.ids[:2])
    np.testing.assert_array_equal(found.probabilities[:2], before.probabilities[:2])
    assert companions(before, 2) == {}


def test_a_cold_item_is_never_its_own_companion() -> None:
    found = filled(table({1: 0.9, 2: 0.1}, {}, {}), angles(0, 1, 90))
    assert set(companions(found, 1)) == {2}


def test_only_the_nearest_lend() -> None:
    lenders = [{LIKE + 2: 0.5}] * LIKE
    found = filled(table(*lenders, {LIKE + 3: 0.5}, {}, {}, {}), angles(*range(LIKE), 80, 0, 200, 200))
    assert set(companions(found, LIKE + 1)) == {LIKE + 2}


def test_what_points_away_from_everything_borrows_nothing() -> None:
    assert companions(filled(table({1: 0.4}, {0: 0.6}, {}), angles(0, 10, 185)), 2) == {}


def test_the_most_probable_come_first_and_no_more_than_the_table_is_wide() -> None:
    lender = {2: 0.3, 3: 0.2}
    found = filled(table(lender, {3: 0.4, 4: 0.1}, {}, {}, {}, {}, width=2), angles(0, 0, 5, 5, 5, 0))
    assert list(companions(found, 5)) == [3, 2]


@pytest.mark.parametrize("rows", [({}, {}), ({1: 0.5}, {0: 0.5})], ids=["nobody_lends", "nobody_borrows"])
def test_with_nothing_to_lend_or_to_fill_the_table_stays(rows: tuple[dict[int, float], ...]) -> None:
    before = table(*rows)
    assert filled(before, angles(0, 90)) is before


def test_only_rows_that_no_table_lacks_lend_and_each_table_is_filled_from_its_own() -> None:
    tables = {"one": table({1: 0.4}, {0: 0.6}, {0: 0.2}, {}), "other": table({2: 0.8}, {}, {0: 0.2}, {})}
    found = filled_together(tables, angles(0, 5, 90, 10))
    share = TRUST * np.cos(np.radians(10)) / 2
    assert companions(found["one"], 3) == pytest.approx({1: 0.4 * share, 0: 0.2 * TRUST * np.cos(np.radians(80)) / 2})
    assert companions(found["other"], 3)[2] == pytest.approx(0.8 * share)
    assert companions(found["one"], 1) == {0: pytest.approx(0.6)}
    assert set(companions(found["other"], 1)) == {2, 0}


def test_many_rows_are_filled_as_few_are() -> None:
    random = np.random.default_rng(1)
    vectors = random.normal(size=(5_000, 3)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    rows: list[dict[int, float]] = [{(item + 1) % 40: 0.5, (item + 2) % 40: 0.25} for item in range(40)]
    blank: list[dict[int, float]] = [{}] * 4_960
    many = filled(table(*rows, *blank), vectors)
    few = filled(table(*rows, *blank[:20]), vectors[:60])
    np.testing.assert_array_equal(many.ids[:60], few.ids)
    np.testing.assert_allclose(many.probabilities[:60], few.probabilities, rtol=1e-5)
    assert (many.ids[-1] != NOBODY).any()
