from dataclasses import replace

import numpy as np
import pytest

from firstlight_encoder.errors import ExplorationError
from firstlight_encoder.exploration import Posterior, Prior, posterior_from, posterior_to
from tests.encoder.exploration.made_up import feature_map, posterior


def _observed(count: int = 40) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    generator = np.random.default_rng(3)
    features = generator.standard_normal((count, 5))
    return features, features @ np.arange(5) + generator.normal(size=count), generator.uniform(0.1, 1, count)


def _before(precision: float = 1.5) -> Posterior:
    return Posterior.before_feedback(Prior(np.linspace(-1, 1, 5), precision), fingerprint="abc")


def test_the_mean_is_ridge_regressions_closed_form() -> None:
    features, rewards, propensities = _observed()
    found = _before().updated(features, rewards, propensities, most_weight=4.0)
    roots = np.sqrt(np.minimum(1 / propensities, 4.0))
    stacked = np.vstack([features * roots[:, None], np.sqrt(1.5) * np.eye(5)])
    wanted = np.concatenate([rewards * roots, np.sqrt(1.5) * np.linspace(-1, 1, 5)])
    assert found.mean == pytest.approx(np.linalg.lstsq(stacked, wanted, rcond=None)[0])
    assert found.spread @ found.spread.T == pytest.approx(np.linalg.inv(stacked.T @ stacked))


def test_draws_have_the_posteriors_mean_and_covariance() -> None:
    found = _before().updated(*_observed()[:2])
    draws = found.mean + np.random.default_rng(0).standard_normal((200_000, 5)) @ found.spread.T
    assert draws.mean(axis=0) == pytest.approx(found.mean, abs=5e-3)
    assert np.cov(draws.T) == pytest.approx(found.spread @ found.spread.T, abs=1e-3)


def test_it_does_not_matter_how_observations_are_split() -> None:
    features, rewards, propensities = _observed()
    whole = _before().updated(features, rewards, propensities, decay=0.9, most_weight=3.0)
    parts = _before()
    for start in range(0, 40, 7):
        some = slice(start, start + 7)
        parts = parts.updated(features[some], rewards[some], propensities[some], decay=0.9, most_weight=3.0)
    assert parts.mean == pytest.approx(whole.mean)
    assert parts.count == pytest.approx(whole.count)


def test_with_decay_old_feedback_gives_way_to_the_prior() -> None:
    features, rewards, _ = _observed()
    learnt = _before().updated(features, rewards)
    aged = learnt.updated(np.zeros((2_000, 5)), np.zeros(2_000), decay=0.99)
    assert aged.mean == pytest.approx(np.linspace(-1, 1, 5), abs=1e-4)


def test_two_learners_halves_merge_into_the_whole() -> None:
    features, rewards, _ = _observed()
    halves = [_before().updated(features[some], rewards[some]) for some in (slice(0, 20), slice(20, 40))]
    whole = _before().updated(features, rewards)
    assert halves[0].merged(halves[1:]).mean == pytest.approx(whole.mean)
    with pytest.raises(ExplorationError, match="different priors"):
        halves[0].merged([_before(9.0)])
    with pytest.raises(ExplorationError, match="learn again"):
        halves[0].merged([replace(halves[1], fingerprint="other")])


def test_bytes_bring_it_back_as_it_was() -> None:
    kept = posterior()
    back = posterior_from(posterior_to(kept))
    assert back.fingerprint == feature_map().fingerprint
    assert np.array_equal(back.mean, kept.mean)
    assert (back.count, back.prior.precision) == (kept.count, kept.prior.precision)


@pytest.mark.parametrize("content", [b"", b"not one", posterior_to(posterior())[:-8]], ids=["none", "other", "cut"])
def test_other_bytes_are_refused(content: bytes) -> None:
    with pytest.raises(ExplorationError, match="learn again from the log"):
        posterior_from(content)


def test_not_a_number_is_refused_in_bytes_and_in_updates() -> None:
    kept = posterior()
    with pytest.raises(ExplorationError):
        posterior_from(posterior_to(replace(kept, moment=kept.moment * np.nan)))
    with pytest.raises(ExplorationError, match="finite"):
        _before().updated(np.full((1, 5), np.nan), np.ones(1))
    with pytest.raises(ExplorationError, match="propensities"):
        _before().updated(np.ones((1, 5)), np.ones(1), np.zeros(1))
    with pytest.raises(ExplorationError, match="decay is 0"):
        _before().updated(np.ones((1, 5)), np.ones(1), decay=0.0)
    with pytest.raises(ExplorationError, match="precision is 0"):
        Prior(np.zeros(5), 0.0)
