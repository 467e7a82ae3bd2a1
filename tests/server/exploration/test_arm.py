"""What an arm has learnt outlasts its snapshot: over a real one, its rebuild, and a restart in between."""

import io
from dataclasses import replace

import numpy as np
import pytest

from firstlight_encoder.exploration import FeatureMap, Projection, remembered
from firstlight_server.exploration.arm import KEPT_POSTERIORS, Arm
from firstlight_server.exploration.context import ShownFeatures
from firstlight_server.exploration.feature_space import FeatureSpace
from firstlight_server.exploration.known_arm import KnownArm
from firstlight_server.exploration.learner import Learner
from firstlight_server.loaded_snapshot import LoadedSnapshot
from firstlight_server.logs import json_logger
from firstlight_store.event_log import EventLog, Impression, LoggedEvent, Shown
from tests.server.exploration.trying import answered, arm, experiment_of

NOW_S = 1.7e9
LIKED = "i0105"


def _rebuilt(loaded: LoadedSnapshot, number: int = 1) -> LoadedSnapshot:
    """The same catalogue by other components, as a rebuild that leaves out a few items would find them."""
    assert loaded.parts.projection is not None
    fewer = Projection.fit(loaded.parts.rows[number:, :-1])
    return loaded.over(replace(loaded.parts, projection=fewer))


def _space(loaded: LoadedSnapshot) -> FeatureSpace:
    assert loaded.parts.projection is not None
    vectors = loaded.parts.rows[:, :-1]
    return FeatureSpace.of(FeatureMap(loaded.parts.projection), items=loaded.parts.items, vectors=vectors)


def _believed(trying: Arm, loaded: LoadedSnapshot) -> tuple[np.ndarray, np.ndarray]:
    """Means and deviations of ten new items and ten others."""
    space, rows = _space(loaded), np.arange(90, 110)
    features = space.features.features(space.vectors[rows], np.zeros(20, np.float32), rows >= 100).astype(float)
    ids = remembered([loaded.parts.items.ids[row] for row in rows.tolist()], features)
    believed = trying.belief(space).believed(features, ids)
    return believed.mean, believed.deviations


def _show_and_buy(log: EventLog, loaded: LoadedSnapshot, *, pages: int = 30) -> None:
    """Shows a liked new item and some others, and lets everybody buy the liked one."""
    space, rows = _space(loaded), np.array([105, 106, 3, 40])
    is_new, base = rows >= 100, np.zeros(len(rows), np.float32)
    features = space.features.features(space.vectors[rows], base, is_new)
    shown = tuple(Shown(loaded.parts.items.ids[row], 0.5, True) for row in rows.tolist())
    context = ShownFeatures(space.features.fingerprint, features).to_bytes()
    users = [f"u{number}" for number in range(pages)]
    log.show([("shop", Impression(f"r{one}", one, NOW_S, "s", "bold", "thompson", shown, context)) for one in users])
    log.record(
        [("shop", [LoggedEvent(f"e{one}", one, LIKED, "purchase", NOW_S, request_id=f"r{one}") for one in users])]
    )


def _learner(log: EventLog) -> Learner:
    logger = json_logger("debug", stream=io.StringIO())
    return Learner(experiment_of("thompson"), log, logger=logger, clock=lambda: NOW_S + 1_000)


def _learnt(log: EventLog, loaded: LoadedSnapshot) -> Learner:
    learner = _learner(log)
    while learner.learn():
        pass
    _believed(learner.arms["bold"].arm, loaded)
    return learner


def test_after_a_rebuild_an_arm_believes_what_it_did_before(with_new: LoadedSnapshot, log: EventLog) -> None:
    _show_and_buy(log, with_new)
    one = _learnt(log, with_new).arms["bold"].arm
    before, rebuilt = _believed(one, with_new), _rebuilt(with_new)
    assert _space(rebuilt).features.fingerprint not in one.posteriors
    after = _believed(one, rebuilt)
    assert after[0] == pytest.approx(before[0], abs=0.01)
    assert after[1] == pytest.approx(before[1], rel=0.05)
    assert after[0].argmax() == 15
    assert np.abs(after[0] - _believed(arm("thompson"), rebuilt)[0]).max() > 0.1


def test_a_restart_on_a_rebuilt_snapshot_carries_over_what_was_kept(with_new: LoadedSnapshot, log: EventLog) -> None:
    _show_and_buy(log, with_new)
    first = _learnt(log, with_new)
    first.keep()
    rebuilt = _rebuilt(with_new)
    again = _learner(log)
    ours, theirs = (_believed(one.arms["bold"].arm, rebuilt) for one in (again, first))
    assert ours[0] == pytest.approx(theirs[0], abs=1e-5)
    assert ours[1] == pytest.approx(theirs[1], rel=1e-5)


def test_what_is_liked_is_a_candidate_after_a_rebuild_too(with_new: LoadedSnapshot, log: EventLog) -> None:
    _show_and_buy(log, with_new)
    learnt = _learnt(log, with_new).arms["bold"].arm
    eager = arm("greedy", learns=True, max_slots=1, max_new=1, score_weight=0.0)
    for fingerprint, posterior in learnt.posteriors.items():
        eager.learn(replace(posterior, prior=eager.settings.prior(posterior.dimension)))
        eager.place(fingerprint, learnt.landmarks[fingerprint])
    for seed in range(5):
        assert LIKED in [item.item_id for item in answered(_rebuilt(with_new), eager, seed=seed).items]


def test_nothing_is_lost_over_more_snapshots_than_are_kept_apart(with_new: LoadedSnapshot, log: EventLog) -> None:
    _show_and_buy(log, with_new)
    known: KnownArm = _learnt(log, with_new).arms["bold"]
    before = _believed(known.arm, with_new)[0]
    for number in range(1, KEPT_POSTERIORS + 3):
        rebuilt = _rebuilt(with_new, number)
        believed = _believed(known.arm, rebuilt)[0]
        assert believed == pytest.approx(before, abs=0.03)
        space = _space(rebuilt)
        known.arm.learn(known.arm.posterior(space.features.fingerprint, space.features.dimension))
        assert len(known.arm.posteriors) <= KEPT_POSTERIORS


def test_an_arms_state_of_the_version_before_is_read(with_new: LoadedSnapshot, log: EventLog) -> None:
    _show_and_buy(log, with_new)
    known = _learnt(log, with_new).arms["bold"]
    old = known.to_bytes().replace(b'"version":2', b'"version":1').split(b',"landmarks"')[0] + b"}"
    again = KnownArm(arm("thompson"), half_life_s=3_600)
    again.restore(old)
    assert again.lessons == known.lessons
    assert _believed(again.arm, with_new)[0] == pytest.approx(_believed(known.arm, with_new)[0], abs=1e-5)
