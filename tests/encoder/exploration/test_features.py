import numpy as np
import pytest

from firstlight_encoder.errors import ExplorationError
from firstlight_encoder.exploration import FeatureMap, Projection
from tests.encoder.exploration.made_up import feature_map


def _vectors(count: int = 300) -> np.ndarray:
    return np.random.default_rng(1).standard_normal((count, 12)).astype(np.float32) * np.linspace(3, 0.1, 12)


def test_a_projection_keeps_the_directions_of_most_variance_at_unit_scale() -> None:
    vectors = _vectors().astype(np.float32)
    projected = Projection.fit(vectors, dimension=3).project(vectors)
    assert np.square(projected).sum(axis=1).mean() == pytest.approx(1, rel=1e-3)
    assert np.abs(np.corrcoef(projected[:, 0], vectors[:, 0])[0, 1]) > 0.95


def test_the_same_vectors_give_the_same_fingerprint_and_others_another() -> None:
    vectors = _vectors().astype(np.float32)
    first, again = Projection.fit(vectors, dimension=3), Projection.fit(vectors.copy(), dimension=3)
    assert first.fingerprint == again.fingerprint != Projection.fit(vectors[1:], dimension=3).fingerprint
    assert FeatureMap(first).fingerprint != FeatureMap(first, crossed=True).fingerprint


def test_a_projection_of_nothing_is_refused() -> None:
    with pytest.raises(ExplorationError, match="0 vectors"):
        Projection.fit(np.zeros((0, 4), np.float32))


def test_features_end_in_bias_score_and_newness() -> None:
    base, new = np.array([1.0, 0.0, -20.0], np.float32), np.array([False, True, False])
    features = feature_map().features(_vectors(3).astype(np.float32), base, new)
    assert features[:, -3:] == pytest.approx(np.array([[1, 1, 0], [1, 0.875, 1], [1, 0, 0]]))


def test_crossed_features_hold_the_products_with_the_user() -> None:
    known, vectors = feature_map(crossed=True), _vectors(3).astype(np.float32)
    base, new, user = np.zeros(3, np.float32), np.zeros(3, np.bool_), _vectors(1)[0].astype(np.float32)
    features = known.features(vectors, base, new, user)
    own = known.projection.dimension
    assert features[:, own : 2 * own] == pytest.approx(features[:, :own] * known.projection.project(user))
    assert not known.features(vectors, base, new)[:, own : 2 * own].any()
    assert features.shape[1] == known.dimension


def test_before_feedback_the_rankings_order_is_the_posteriors() -> None:
    prior = feature_map().prior(score_weight=0.1, precision=1.0)
    base = np.array([1.0, 0.0, -3.0], np.float32)
    features = feature_map().features(_vectors(3).astype(np.float32), base, np.zeros(3, np.bool_))
    assert (np.diff(features @ prior.mean) < 0).all()
