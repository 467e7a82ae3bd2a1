"""Studies of shifts on a made-up shop: splices are what they say, shifts are noticed, and heeding them pays."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from firstlight_encoder.cases import Case
from firstlight_evaluation.drift.detection import at_false_users, detection
from firstlight_evaluation.drift.journeys import BEFORE, SINCE, Travellers
from firstlight_evaluation.drift.served import Served
from firstlight_evaluation.drift.study import ALWAYS, OURS, WEIGHTED, DriftStudy, study_drift
from firstlight_evaluation.errors import NoCasesError
from firstlight_evaluation.material import Material
from tests.evaluation.synthetic_domain import Shop, clustered


class Likeness:
    """Ranks by the mean cosine to all that it reads."""

    name = "likeness"

    def __init__(self, vectors: NDArray[np.float32]) -> None:
        self._vectors = vectors

    def score(self, cases: Sequence[Case]) -> NDArray[np.float32]:
        return np.stack([self._vectors @ self._vectors[case.history].mean(0) for case in cases])


@pytest.fixture(scope="module")
def shop() -> Material:
    return clustered(Shop(users=240, baskets=20))


@pytest.fixture(scope="module")
def served(shop: Material) -> Served:
    return Served(Likeness(shop.item_vectors), shop.item_vectors, shop.split.train, shop.split.train)


@pytest.fixture(scope="module")
def study(served: Served) -> DriftStudy:
    return study_drift(served, journeys=40, seed=0)


class TestJourneys:
    def test_are_of_one_user_or_of_two_and_say_where_they_shift(self, served: Served) -> None:
        travellers = Travellers(served.judges, served.vectors, centre=served.vectors.mean(0))
        random = np.random.default_rng(0)
        for journey in travellers.spliced(30, random):
            assert journey.shift >= BEFORE
            assert journey.shift in journey.ends
            for moment in journey.moments():
                assert moment.since in SINCE
                assert len(moment.targets)
                assert not np.isin(moment.targets, moment.rows).any()
        assert any(journey.far for journey in travellers.spliced(30, random))
        assert not any(journey.far for journey in travellers.whole(30, random))

    def test_of_the_same_seed_are_the_same(self, served: Served) -> None:
        made = [
            Travellers(served.judges, served.vectors, centre=served.vectors.mean(0)).whole(5, np.random.default_rng(1))
            for _ in range(2)
        ]
        assert [one.rows.tolist() for one in made[0]] == [one.rows.tolist() for one in made[1]]


class TestDetection:
    def test_counts_delays_and_false_alarms(self) -> None:
        whole = np.array([[0.1, 0.9, np.nan], [0.2, 0.3, 0.1]])
        shifted = np.array([[0.1, 0.6, 0.9], [0.9, 0.1, 0.1], [0.1, 0.1, np.nan]])
        found = detection("any", 0.5, whole=whole, shifted=shifted)
        assert (found.false_moments, found.false_users) == (1 / 5, 1 / 2)
        assert found.found == pytest.approx(2 / 3)
        assert found.delay == 1.5

    def test_thresholds_are_found_for_a_share_of_users_falsely_alarmed(self) -> None:
        whole = np.arange(100, dtype=np.float64)[:, None]
        threshold = at_false_users(0.1, whole)
        assert detection("any", threshold, whole=whole, shifted=whole).false_users == pytest.approx(0.1)


class TestStudy:
    def test_notices_most_shifts_between_kinds_within_a_few_events(self, study: DriftStudy) -> None:
        found = {one.threshold: one for one in study.detections}
        assert found[0.9].found > 0.8
        assert (found[0.9].delay or 99) <= 4
        assert found[0.99].false_moments < found[0.8].false_moments

    def test_finds_that_heeding_them_pays_after_shifts_and_harms_nobody(self, study: DriftStudy) -> None:
        worths = {(one.group, one.reading): one for one in study.worths if one.since is None}
        gain = worths["spliced, different interests", WEIGHTED]
        assert (gain.ratio or 0) > 1.1
        assert gain.difference.low > 0
        assert worths["not spliced", WEIGHTED].difference.high >= 0
        assert worths["not spliced", ALWAYS].heeded < 0.5

    def test_compares_with_rivers_detectors(self, study: DriftStudy) -> None:
        assert {one.name for one in study.compared} == {OURS, "river Page-Hinkley", "river ADWIN"}

    def test_needs_users_with_events_enough(self, served: Served) -> None:
        nobody = served.judges.where(np.arange(len(served.judges)) < 5)
        with pytest.raises(NoCasesError, match="another domain's users"):
            study_drift(replace(served, judges=nobody), journeys=5, seed=0)
        with pytest.raises(NoCasesError, match="fewer than 30 training users"):
            study_drift(replace(served, train=nobody), journeys=5, seed=0)
