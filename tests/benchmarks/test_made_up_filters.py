"""Made-up filters admit the share that is asked for, and what their names say."""

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks.made_up_filters import made_up_filters
from firstlight_store import AllowedRows


@pytest.fixture(scope="module")
def rows() -> NDArray[np.float32]:
    random = np.random.default_rng(0)
    vectors = random.normal(size=(4_000, 12))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.column_stack([vectors, random.uniform(-18, -4, 4_000)]).astype(np.float32)


@pytest.fixture(scope="module")
def filters(rows: NDArray[np.float32]) -> dict[str, AllowedRows]:
    return dict(made_up_filters(rows, rows[:5], 0.1, seed=1))


def test_each_admits_the_share_that_is_asked_for(filters: dict[str, AllowedRows]) -> None:
    assert {name: allowed.count for name, allowed in filters.items()} == dict.fromkeys(filters, 400)


def test_near_far_and_rare_are_what_they_are_called(rows: NDArray[np.float32], filters: dict[str, AllowedRows]) -> None:
    similarities = rows[:, :-1] @ rows[:5, :-1].mean(axis=0)
    near, far = similarities[filters["near"].mask], similarities[filters["far"].mask]
    assert near.min() >= np.quantile(similarities, 0.89)
    assert far.max() <= np.quantile(similarities, 0.11)
    assert rows[filters["rare"].mask, -1].max() <= np.quantile(rows[:, -1], 0.11)


def test_a_seed_fixes_them(rows: NDArray[np.float32], filters: dict[str, AllowedRows]) -> None:
    again = dict(made_up_filters(rows, rows[:5], 0.1, seed=1))
    assert all(np.array_equal(again[name].mask, allowed.mask) for name, allowed in filters.items())
