"""Candidates, features and posteriors for the tests of exploration."""

import numpy as np

from firstlight_encoder.exploration import Candidates, FeatureMap, Posterior, Projection

SEED = 5


def feature_map(*, crossed: bool = False) -> FeatureMap:
    """Over the components of random unit rows."""
    vectors = np.random.default_rng(SEED).standard_normal((200, 12)).astype(np.float32)
    return FeatureMap(Projection.fit(vectors, dimension=4), crossed)


def candidates(count: int = 8, *, new: int = 2) -> Candidates:
    """Candidates whose last ``new`` are new."""
    generator = np.random.default_rng(SEED + count)
    base = np.sort(generator.normal(size=count)).astype(np.float32)[::-1].copy()
    is_new = np.arange(count) >= count - new
    vectors = generator.standard_normal((count, 12)).astype(np.float32)
    features = feature_map().features(vectors, base, is_new)
    return Candidates(np.arange(count) * 3, base, features, is_new)


def posterior(observations: int = 30) -> Posterior:
    """Before feedback, then after some."""
    known = feature_map()
    generator = np.random.default_rng(SEED)
    before = Posterior.before_feedback(known.prior(score_weight=0.2, precision=2.0), fingerprint=known.fingerprint)
    features = generator.standard_normal((observations, known.dimension))
    return before.updated(features, generator.integers(0, 2, observations).astype(float))
