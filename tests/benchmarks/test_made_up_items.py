"""Made-up catalogues look like the real one they are made of, at any size."""

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks.made_up_items import made_up_items


@pytest.fixture
def rows() -> NDArray[np.float32]:
    random = np.random.default_rng(0)
    vectors = random.normal(size=(500, 12)) * np.linspace(3, 0.1, 12)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.concatenate([vectors, np.log(random.dirichlet(np.ones(500)))[:, None]], axis=1).astype(np.float32)


def spectrum(rows: NDArray[np.float32]) -> NDArray[np.float64]:
    values = np.linalg.eigvalsh(np.cov(rows[:, :-1], rowvar=False))[::-1]
    return np.asarray(values / values.sum())


@pytest.mark.parametrize("count", [7, 5_000])
def test_they_are_unit_vectors_with_priors_that_add_up_to_one(rows: NDArray[np.float32], count: int) -> None:
    made = made_up_items(rows, count, seed=1)
    assert made.shape == (count, rows.shape[1])
    assert np.linalg.norm(made[:, :-1], axis=1) == pytest.approx(np.ones(count), abs=1e-5)
    assert np.exp(made[:, -1].astype(np.float64)).sum() == pytest.approx(1, rel=1e-4)


def test_their_spectrum_is_the_real_ones(rows: NDArray[np.float32]) -> None:
    np.testing.assert_allclose(spectrum(made_up_items(rows, 20_000, seed=1)), spectrum(rows), atol=0.03)


def test_a_seed_makes_the_same_items_again(rows: NDArray[np.float32]) -> None:
    np.testing.assert_array_equal(made_up_items(rows, 50, seed=3), made_up_items(rows, 50, seed=3))
    assert (made_up_items(rows, 50, seed=3) != made_up_items(rows, 50, seed=4)).any()
