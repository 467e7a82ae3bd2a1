import numpy as np
import pytest
from numpy.typing import NDArray

from firstlight_encoder.second_stage.neighbour_table import NOBODY, NeighbourTable
from firstlight_encoder.training.second_stage.lent_companions import lent as lent_by
from firstlight_encoder.training.second_stage.loans import LENT, LIKE, SHARPNESS, Loans


def table(*rows: dict[int, float], width: int = 3) -> NeighbourTable:
    ids, probabilities = np.full((len(rows), width), NOBODY, np.int32), np.zeros((len(rows), width), np.float32)
    for item, row in enumerate(rows):
        for place, (other, value) in enumerate(row.items()):
            ids[item, place], probabilities[item, place] = other, value
    return NeighbourTable(ids, probabilities, 0.8)


def angles(*degrees: float) -> NDArray[np.float32]:
    radians = np.radians(degrees)
    return np.stack([np.cos(radians), np.sin(radians)], axis=1).astype(np.float32)


def lent(of: NeighbourTable, vectors: NDArray[np.float32], *taken: int) -> NeighbourTable:
    return lent_by(of, Loans.of(vectors, taken=np.array(taken)))


def companions(found: NeighbourTable, item: int) -> dict[int, float]:
    row = zip(found.ids[item].tolist(), found.probabilities[item].tolist(), strict=True)
    return {other: value for other, value in row if other != NOBODY}


def test_a_new_item_has_the_mean_of_the_companions_of_items_like_it() -> None:
    found = lent(table({1: 0.4, 2: 0.2}, {0: 0.6}, {}), angles(0, 90, 60), 10_000, 40_000, 0)
    first, second = np.cos(np.pi / 3) ** SHARPNESS * 100, np.cos(np.pi / 6) ** SHARPNESS * 200
    expected = {1: 0.4 * first / (first + second), 0: 0.6 * second / (first + second)}
    assert companions(found, 2) == pytest.approx(expected, rel=1e-5)


def test_the_more_took_an_item_the_less_it_borrows() -> None:
    rows = table({2: 0.4}, {2: 0.1}, {})
    few, many = (lent(rows, angles(0, 1, 90), 1_000, taken, 0) for taken in (5, 50))
    assert companions(few, 1)[2] == pytest.approx(0.1 + 0.4 * LENT / (5 + LENT), rel=1e-5)
    assert companions(many, 1)[2] == pytest.approx(0.1 + 0.4 * LENT / (50 + LENT), rel=1e-5)


def test_what_many_took_stays_as_it_is() -> None:
    before = table({1: 0.4}, {0: 0.6}, {})
    found = lent(before, angles(0, 90, 60), 10_000, 10_000, 0)
    np.testing.assert_array_equal(found.ids[:2], before.ids[:2])
    np.testing.assert_array_equal(found.probabilities[:2], before.probabilities[:2])
    assert companions(before, 2) == {}


def test_an_item_is_never_its_own_companion() -> None:
    found = lent(table({1: 0.9, 2: 0.1}, {}, {}), angles(0, 1, 90), 1_000, 0, 0)
    assert set(companions(found, 1)) == {2}


def test_only_the_nearest_that_somebody_took_lend() -> None:
    lenders = [{LIKE + 3: 0.5}] * LIKE
    rows = table(*lenders, {LIKE + 4: 0.5}, {}, {}, {}, {})
    found = lent(rows, angles(*range(LIKE), 80, 0, 0, 200, 200), *[1_000] * (LIKE + 1), 0, 0, 0, 0)
    assert set(companions(found, LIKE + 1)) == {LIKE + 3}


def test_what_points_away_from_everything_borrows_nothing() -> None:
    assert companions(lent(table({1: 0.4}, {0: 0.6}, {}), angles(0, 10, 185), 1_000, 1_000, 0), 2) == {}


def test_the_most_probable_come_first_and_no_more_than_the_table_is_wide() -> None:
    rows = table({2: 0.3, 3: 0.2}, {3: 0.4, 4: 0.1}, {}, {}, {}, {}, width=2)
    found = lent(rows, angles(0, 0, 5, 5, 5, 0), 1_000, 1_000, 0, 0, 0, 0)
    assert list(companions(found, 5)) == [3, 2]


@pytest.mark.parametrize("taken", [(0, 0), (1_000, 1_000)], ids=["nobody_lends", "nobody_borrows"])
def test_with_nothing_to_lend_or_to_borrow_the_table_stays(taken: tuple[int, ...]) -> None:
    before = table({1: 0.5}, {0: 0.5})
    found = lent(before, angles(0, 90), *taken)
    np.testing.assert_array_equal(found.ids, before.ids)
    np.testing.assert_array_equal(found.probabilities, before.probabilities)


def test_many_rows_borrow_as_few_do() -> None:
    random = np.random.default_rng(1)
    vectors = random.normal(size=(5_000, 3)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    rows: list[dict[int, float]] = [{(item + 1) % 40: 0.5, (item + 2) % 40: 0.25} for item in range(40)]
    blank: list[dict[int, float]] = [{}] * 4_960
    taken = [1_000] * 40 + [0] * 4_960
    many = lent(table(*rows, *blank), vectors, *taken)
    few = lent(table(*rows, *blank[:20]), vectors[:60], *taken[:60])
    np.testing.assert_array_equal(many.ids[:60], few.ids)
    np.testing.assert_allclose(many.probabilities[:60], few.probabilities, rtol=1e-5)
    assert (many.ids[-1] != NOBODY).any()
