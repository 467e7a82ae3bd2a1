"""What was learnt over one projection is carried to another: exactly over one space, humbly over two."""

import numpy as np
import pytest

from firstlight_encoder.errors import ExplorationError
from firstlight_encoder.exploration import Carrying, FeatureMap, Landmarks, Posterior, Projection

NEW = 40
IDS = ("liked", "", "never shown")
EVERY_WAY = pytest.mark.parametrize("crossed", [False, True], ids=["plain", "crossed"])


def _vectors(count: int = 300, seed: int = 1) -> np.ndarray:
    random = np.random.default_rng(seed)
    scales = np.concatenate([np.linspace(3, 1, 4), np.full(8, 0.05)])
    return np.asarray(random.standard_normal((count, 12)) * scales, np.float32)


def _features(known: FeatureMap, vectors: np.ndarray) -> np.ndarray:
    count = len(vectors)
    base, is_new = np.linspace(0, -6, count, dtype=np.float32), np.arange(count) % 2 == 0
    return known.features(vectors, base, is_new, vectors[0]).astype(np.float64)


def _taught(known: FeatureMap, vectors: np.ndarray) -> Posterior:
    before = _before(known)
    rewards = (vectors[:, 0] > 1).astype(float)
    items = ["liked" if one % 5 == 0 else "other" if one % 5 == 1 else "" for one in range(len(vectors))]
    return before.updated(_features(known, vectors), rewards, items=items)


def _before(known: FeatureMap) -> Posterior:
    return Posterior.before_feedback(known.prior(precision=2.0, item_precision=5.0), fingerprint=known.fingerprint)


def _carrying(old: FeatureMap, old_vectors: np.ndarray, new: FeatureMap, new_vectors: np.ndarray) -> Carrying:
    places = [known.projection.project(of) for known, of in ((old, old_vectors), (new, new_vectors))]
    return Carrying.fitted(*places, crossed=old.crossed, width=old.projection.dimension)


@EVERY_WAY
def test_after_a_rebuild_of_the_same_catalogue_rewards_are_believed_to_be_what_they_were(crossed: bool) -> None:
    vectors = _vectors()
    old, new = (FeatureMap(Projection.fit(some, dimension=4), crossed) for some in (vectors, vectors[7:]))
    assert old.fingerprint != new.fingerprint
    carrying = _carrying(old, vectors, new, vectors)
    learnt, shown = _taught(old, vectors), _vectors(NEW, seed=2)
    carried = carrying.carried(learnt, to=_before(new))
    before, after = learnt.believed(_features(old, shown[:3]), IDS), carried.believed(_features(new, shown[:3]), IDS)
    assert after.mean == pytest.approx(before.mean, abs=2e-3)
    assert after.deviations == pytest.approx(before.deviations, rel=1e-2)
    assert carrying.unexplained < 1e-3
    assert np.abs(after.mean - _before(new).believed(_features(new, shown[:3]), IDS).mean).max() > 0.1


def test_over_a_space_turned_and_blurred_it_is_believed_alike_but_less_surely() -> None:
    vectors, shown = _vectors(), _vectors(NEW, seed=2)
    turn = np.linalg.qr(np.random.default_rng(3).standard_normal((12, 12)))[0]

    def retrained(some: np.ndarray) -> np.ndarray:
        return np.asarray(some @ turn + 0.5 * np.random.default_rng(4).standard_normal(some.shape), np.float32)

    old, new = FeatureMap(Projection.fit(vectors, dimension=4)), FeatureMap(Projection.fit(retrained(vectors)))
    carrying = _carrying(old, vectors, new, retrained(vectors))
    learnt = _taught(old, vectors)
    carried = carrying.carried(learnt, to=_before(new))
    before, after = learnt.believed(_features(old, shown)), carried.believed(_features(new, retrained(shown)))
    assert np.corrcoef(before.mean, after.mean)[0, 1] > 0.9
    assert 0.01 < carrying.unexplained < 0.5
    assert (after.deviations > before.deviations).mean() > 0.9


@EVERY_WAY
def test_of_a_space_with_nothing_in_common_only_what_no_component_says_carries_over(crossed: bool) -> None:
    vectors = _vectors()
    old, new = (FeatureMap(Projection.fit(some, dimension=4), crossed) for some in (vectors, _vectors(seed=9)))
    carried = Carrying.fitted(
        np.zeros((0, 4), np.float32), np.zeros((0, 4), np.float32), crossed=crossed, width=4
    ).carried(_taught(old, vectors), to=_before(new))
    width = new.dimension - 3
    assert not carried.gram[:width].any()
    learnt = _taught(old, vectors)
    assert carried.gram[-3:, -3:] == pytest.approx(learnt.gram[-3:, -3:] / 1.5)
    assert carried.terms.counts == pytest.approx(learnt.terms.counts / 1.5)
    assert carried.terms.ids == learnt.terms.ids
    assert carried.liked == learnt.liked


def test_landmarks_come_back_from_bytes_and_other_bytes_are_refused() -> None:
    marks = Landmarks(("a", "b"), np.eye(2, 3, dtype=np.float32))
    back = Landmarks.from_bytes(marks.to_bytes())
    assert back.ids == marks.ids
    assert np.array_equal(back.places, marks.places)
    for content in (b"", b"x" * 40, Landmarks(("a",), marks.places).to_bytes()):
        with pytest.raises(ExplorationError, match="learn again from the log"):
            Landmarks.from_bytes(content)
