"""The model that tells how sure a tag is."""

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.tagging.tag_model import fit_tags

KINDS, WIDTH, ITEMS = 12, 24, 300


def unit(rows: NDArray[np.float64]) -> NDArray[np.float32]:
    found: NDArray[np.float32] = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return found


def world(seed: int) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.bool_]]:
    """Tags, items of one kind each, all inside one cone, and which holds."""
    rng = np.random.default_rng(seed)
    kinds = rng.normal(size=(KINDS, WIDTH))
    own = rng.integers(0, KINDS, ITEMS)
    tags = unit(kinds + 2 + 0.3 * rng.normal(size=kinds.shape))
    items = unit(kinds[own] + 2 + 1.2 * rng.normal(size=(ITEMS, WIDTH)))
    return tags, items, np.arange(KINDS)[:, None] == own


def test_a_model_fitted_on_some_tags_is_calibrated_on_others() -> None:
    tags, items, holds = world(0)
    model = fit_tags(tags[:6], items, items, holds[:6])
    sure = model.confidence(tags[6:], items, items)
    assert ((sure >= 0) & (sure <= 1)).all()
    found = sure >= model.threshold
    assert (found & holds[6:]).sum() / found.sum() > 0.8
    assert (found & holds[6:]).sum() / holds[6:].sum() > 0.6
    assert abs(sure.mean() - holds[6:].mean()) < 0.03


def test_tags_that_the_vectors_say_nothing_of_are_nowhere_sure() -> None:
    tags, items, holds = world(1)
    shuffled = holds[:, np.random.default_rng(2).permutation(ITEMS)]
    sure = fit_tags(tags, items, items, shuffled).confidence(tags, items, items)
    assert sure.max() < 0.4


def test_separable_labels_leave_the_weights_finite() -> None:
    tags = np.eye(4, dtype=np.float32)
    model = fit_tags(tags, tags, tags, np.eye(4, dtype=np.bool_))
    assert np.isfinite(model.weights).all()
    assert 0 < model.threshold <= 1
