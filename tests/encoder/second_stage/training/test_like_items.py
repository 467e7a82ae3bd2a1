import numpy as np
import pytest
from numpy.typing import NDArray

from firstlight_encoder.second_stage.neighbour_table import NOBODY
from firstlight_encoder.training.second_stage.like_items import LikeItems


def unit_rows(count: int, *, seed: int = 0) -> NDArray[np.float32]:
    rows: NDArray[np.float32] = np.random.default_rng(seed).normal(size=(count, 8)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows


@pytest.mark.parametrize("width", [3, 64, 200, 1_500], ids=lambda width: f"{width} items to look among")
def test_the_nearest_are_those_of_a_full_sort(width: int) -> None:
    vectors = unit_rows(2_000)
    among = np.sort(np.random.default_rng(1).choice(2_000, width, replace=False))
    like = LikeItems.of(vectors, among=among, count=3)
    cosines = (vectors @ vectors[among].T).astype(np.float64)
    cosines[among, np.arange(width)] = -np.inf
    expected = -np.sort(-cosines, axis=1)[:, :3]
    found = like.ids != NOBODY
    cosines_found = -np.sort(-np.where(found, like.cosines, -np.inf), axis=1)
    np.testing.assert_allclose(cosines_found, expected, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(
        like.cosines[found],
        (vectors[:, None] * vectors[np.maximum(like.ids, 0)]).sum(2)[found],
        rtol=1e-4,
        atol=1e-6,
    )


def test_no_item_is_like_itself() -> None:
    like = LikeItems.of(unit_rows(300), among=np.arange(300), count=5)
    assert not (like.ids == like.items[:, None]).any()


def test_only_the_items_asked_for_are_looked_up_and_only_among_those_given() -> None:
    like = LikeItems.of(unit_rows(300), items=np.array([7, 3]), among=np.array([2, 9, 250]), count=2)
    assert like.items.tolist() == [7, 3]
    assert np.isin(like.ids, [2, 9, 250]).all()


def test_where_there_are_fewer_nobody_fills_the_rest() -> None:
    like = LikeItems.of(unit_rows(5), items=np.array([0]), among=np.array([0, 4]), count=3)
    assert sorted(like.ids[0].tolist()) == [NOBODY, NOBODY, 4]
    assert like.cosines[0][like.ids[0] == NOBODY].tolist() == [0, 0]


def test_of_no_items_nothing_is_like_them() -> None:
    like = LikeItems.of(unit_rows(5), items=np.zeros(0, np.int64), among=np.arange(5), count=3)
    assert like.ids.shape == like.cosines.shape == (0, 3)
