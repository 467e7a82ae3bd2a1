import numpy as np
import pytest
from numpy.typing import NDArray

from firstlight_encoder.calibration import BUCKETS
from firstlight_encoder.second_stage.mixture import SOURCES
from firstlight_encoder.training.second_stage.mixture_fit import fit_mixture

CASES, SHORTLIST = 4_000, 30


def planted(weights: list[float], *, seed: int = 0) -> NDArray[np.float64]:
    """What each source gave targets that were drawn from the sources mixed with ``weights``."""
    random = np.random.default_rng(seed)
    sources = random.dirichlet(np.full(SHORTLIST, 0.1), (CASES, len(SOURCES)))
    chooser = random.choice(len(SOURCES), CASES, p=weights)
    targets = [random.choice(SHORTLIST, p=sources[case, source]) for case, source in enumerate(chooser.tolist())]
    found: NDArray[np.float64] = sources[np.arange(CASES), :, targets]
    return found


def test_planted_weights_are_recovered() -> None:
    truth = [0.4, 0.3, 0.15, 0.1, 0.05]
    fitted = fit_mixture(planted(truth), np.full(CASES, 3)).weights
    np.testing.assert_allclose(fitted[3], truth, atol=0.03)


def test_a_source_that_is_always_right_gets_nearly_all() -> None:
    likelihoods = np.full((CASES, len(SOURCES)), 0.01)
    likelihoods[:, 2] = 0.9
    fitted = fit_mixture(likelihoods, np.zeros(CASES, np.int64)).weights
    assert (fitted[:, 2] > 0.9).all()  # buckets without cases follow the others


def test_each_bucket_has_its_own_weights() -> None:
    likelihoods = np.full((CASES, len(SOURCES)), 0.01)
    likelihoods[: CASES // 2, 0] = likelihoods[CASES // 2 :, 1] = 0.9
    fitted = fit_mixture(likelihoods, np.repeat([2, 5], CASES // 2)).weights
    assert fitted[2].argmax() == 0
    assert fitted[5].argmax() == 1


@pytest.mark.parametrize("cases", [0, 1, 50])
def test_weights_sum_to_one_and_are_never_negative(cases: int) -> None:
    random = np.random.default_rng(1)
    fitted = fit_mixture(random.random((cases, len(SOURCES))), random.integers(0, BUCKETS, cases)).weights
    assert fitted.shape == (BUCKETS, len(SOURCES))
    assert (fitted >= 0).all()
    np.testing.assert_allclose(fitted.sum(axis=1), 1, rtol=1e-5)


def test_targets_that_no_source_foresaw_change_nothing() -> None:
    fitted = fit_mixture(np.zeros((10, len(SOURCES))), np.zeros(10, np.int64)).weights
    np.testing.assert_allclose(fitted, 1 / len(SOURCES), rtol=1e-5)
