"""Arms learn from a real event log: what feedback teaches, once, and again after a restart."""

import io
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from firstlight_server.exploration.context import ShownFeatures
from firstlight_server.exploration.experiment_settings import ExperimentSettings
from firstlight_server.exploration.experiments import Experiment
from firstlight_server.exploration.learner import Learner
from firstlight_server.logs import json_logger
from firstlight_store.event_log import EventLog, Impression, LoggedEvent, Shown

FINGERPRINT = "0123456789abcdef"
WIDTH = 7
NOW_S = 1.7e9
LATER_S = NOW_S + 1_000


def _experiment(**settings: Any) -> Experiment:
    arms = [
        {"name": "control", "policy": "greedy", "share": 0.5},
        {"name": "bold", "policy": "thompson", "share": 0.5, "score_weight": 0.0},
    ]
    return Experiment("shop", ExperimentSettings.model_validate({"arms": arms} | settings))


def _features(count: int = 3) -> np.ndarray:
    return np.eye(WIDTH, dtype=np.float32)[:count]


def _impression(request_id: str = "r1", *, user: str = "anna", arm: str = "bold", at_s: float = NOW_S) -> Impression:
    items = tuple(Shown(item, 0.5, True) for item in ("coffee", "tea", "jam"))
    context = ShownFeatures(FINGERPRINT, _features()).to_bytes()
    return Impression(request_id, user, at_s, "s1", arm, "thompson", items, context)


def _event(number: int, item: str = "tea", kind: str = "purchase", **others: Any) -> LoggedEvent:
    return LoggedEvent(f"e{number}", "anna", item, kind, NOW_S + number, request_id="r1")._replace(**others)


def _learner(log: EventLog, experiment: Experiment | None = None, *, at_s: float = NOW_S + 60) -> Learner:
    return Learner(
        experiment or _experiment(), log, logger=json_logger("debug", stream=io.StringIO()), clock=lambda: at_s
    )


def _learnt(log: EventLog, *, at_s: float = LATER_S, **settings: Any) -> Learner:
    learner = _learner(log, _experiment(**settings), at_s=at_s)
    while learner.learn():
        pass
    return learner


def _known(learner: Learner) -> tuple[np.ndarray, np.ndarray]:
    found = learner.arms["bold"].arm.posterior(FINGERPRINT, WIDTH)
    return found.gram, found.moment


def _record(log: EventLog, events: Sequence[LoggedEvent]) -> None:
    log.record([("shop", events)])


def test_a_purchase_is_a_reward_and_what_brought_nothing_in_time_is_none(log: EventLog) -> None:
    log.show([("shop", _impression())])
    _record(log, [_event(1)])
    learner = _learnt(log)
    gram, moment = _known(learner)
    assert np.diag(gram)[:4] == pytest.approx([1, 1, 1, 0])
    assert moment[:3] == pytest.approx([0, 1, 0])
    assert (learner.arms["bold"].lessons, learner.arms["bold"].rewards) == (3, 1.0)


@pytest.mark.parametrize(
    ("learns_from", "places", "seen"),
    [("explored", [], [0, 1, 1]), ("page", [2], [1, 1, 1]), (None, [], [1, 1, 1]), (None, [2], [0, 1, 1])],
)
def test_what_the_ranking_placed_itself_teaches_only_where_whole_pages_are_learnt_from(
    log: EventLog, learns_from: str | None, places: list[int], seen: list[float]
) -> None:
    bold = {"name": "bold", "policy": "thompson", "share": 1.0, "score_weight": 0.0, "new_places": places}
    page = _impression()
    log.show([("shop", replace(page, items=(Shown("coffee"), *page.items[1:])))])
    _record(log, [_event(1), _event(2, "coffee")])
    gram, moment = _known(_learnt(log, learns_from=learns_from, arms=[bold]))
    assert np.diag(gram)[:3] == pytest.approx(seen)
    assert moment[:3] == pytest.approx([seen[0], 1, 0])


def test_a_reward_counts_at_once_and_the_rest_of_the_page_only_when_its_time_is_over(log: EventLog) -> None:
    log.show([("shop", _impression())])
    _record(log, [_event(1)])
    young = _learnt(log, at_s=NOW_S + 60)
    assert np.diag(_known(young)[0])[:3] == pytest.approx([0, 1, 0])
    assert _known(young)[1][:3] == pytest.approx([0, 1, 0])


@pytest.mark.parametrize("late", [False, True], ids=["before it settles", "after it settles"])
def test_what_is_known_does_not_depend_on_when_the_log_was_read(log: EventLog, late: bool) -> None:
    log.show([("shop", _impression())])
    learner = _learner(log, at_s=LATER_S if late else NOW_S + 60)
    learner.learn()
    _record(log, [_event(1, kind="view"), _event(2)])
    learner.learn()
    learner._clock = lambda: LATER_S  # pyright: ignore[reportPrivateUsage]
    learner.learn()
    whole = _learnt(log)
    for part, own in zip(_known(learner), _known(whole), strict=True):
        assert part == pytest.approx(own)
    assert _known(whole)[1][:3] == pytest.approx([0, 1, 0])


def test_several_events_on_one_item_bring_the_highest_reward_once(log: EventLog) -> None:
    log.show([("shop", _impression())])
    _record(log, [_event(1, kind="view"), _event(2, kind="cart"), _event(3), _event(4), _event(5, kind="view")])
    assert _known(_learnt(log))[1][:3] == pytest.approx([0, 1, 0])


def test_nobody_teaches_an_arm_by_asking_and_buying_again_and_again(log: EventLog) -> None:
    for number in range(10):
        log.show([("shop", _impression(f"r{number}"))])
        _record(log, [_event(number, request_id=f"r{number}")])
    gram, moment = _known(_learnt(log, most_shown=2))
    assert np.diag(gram)[:3] == pytest.approx([2, 2, 2])
    assert moment[:3] == pytest.approx([0, 2, 0])


@pytest.mark.parametrize(
    "event",
    [
        _event(1, user="ben"),
        _event(1, item="candle"),
        _event(1, request_id=""),
        _event(1, request_id="r9"),
        _event(1, kind="dislike"),
    ],
    ids=["another user", "an item not shown", "no request", "an unknown request", "no reward"],
)
def test_what_is_not_a_reward_of_the_impression_brings_none(log: EventLog, event: LoggedEvent) -> None:
    log.show([("shop", _impression())])
    _record(log, [event])
    gram, moment = _known(_learnt(log))
    assert not moment.any()
    assert np.trace(gram) == pytest.approx(3)


def test_other_tenants_and_arms_that_do_not_learn_teach_nothing(log: EventLog) -> None:
    log.show([("other", _impression()), ("shop", _impression("r2", arm="control"))])
    log.record([("other", [_event(1)]), ("shop", [_event(1, request_id="r2")])])
    assert not _known(_learnt(log))[0].any()


def test_a_context_of_something_else_is_passed_over(log: EventLog) -> None:
    odd = Impression("r1", "anna", NOW_S, "s1", "bold", "thompson", (Shown("tea"),), b"what is this")
    log.show([("shop", odd)])
    _record(log, [_event(1)])
    assert not _known(_learnt(log))[0].any()


def test_old_feedback_counts_less(log: EventLog) -> None:
    log.show([("shop", _impression("r1", at_s=NOW_S - 3_600)), ("shop", _impression("r2", user="ben"))])
    gram, _ = _known(_learnt(log, half_life_h=1.0))
    assert np.diag(gram)[:3] == pytest.approx([1.5] * 3)


def test_a_restart_goes_on_where_the_kept_state_ends(log: EventLog) -> None:
    log.show([("shop", _impression())])
    _record(log, [_event(1, kind="view")])
    first = _learnt(log, at_s=NOW_S + 60)
    first.keep()
    _record(log, [_event(2), _event(3, item="coffee")])
    again = _learnt(log)
    whole = _learner(log, at_s=LATER_S)
    for part, own in zip(_known(again), _known(_unkept(log)), strict=True):
        assert part == pytest.approx(own)
    assert whole.arms["bold"].events == 1
    assert again.arms["bold"].lessons == 3


def _unkept(log: EventLog) -> Learner:
    """One that learns all of the log, whatever is kept in it."""
    learner = _learner(log, at_s=LATER_S)
    fresh = Learner(
        _experiment(), _Forgetful(log), logger=json_logger("debug", stream=io.StringIO()), clock=lambda: LATER_S
    )
    while fresh.learn():
        pass
    assert learner.tenant == fresh.tenant
    return fresh


class _Forgetful:
    """The same log without what was kept."""

    def __init__(self, log: EventLog) -> None:
        self.since, self.shown_since, self.shown_before = log.since, log.shown_since, log.shown_before
        self.impressions_of, self.latest, self.keep_state = log.impressions_of, log.latest, log.keep_state

    def state(self, tenant: str, name: str) -> tuple[int, bytes] | None:
        assert tenant
        assert name
        return None


def test_two_processes_that_read_the_same_log_agree(log: EventLog) -> None:
    learners = [_learner(log, at_s=LATER_S) for _ in range(2)]
    for number in range(6):
        log.show([("shop", _impression(f"r{number}", user=f"u{number}"))])
        _record(log, [_event(number, user=f"u{number}", request_id=f"r{number}")])
        learners[number % 2].learn()
    for learner in learners:
        learner.learn()
    for one, other in zip(_known(learners[0]), _known(learners[1]), strict=True):
        assert one == pytest.approx(other)


def test_an_event_waits_a_moment_for_the_impression_that_it_names(log: EventLog) -> None:
    _record(log, [_event(1)])
    recorded_s = log.since(0, most=1)[0][1].recorded_at_s
    learner = _learner(log, at_s=recorded_s)
    assert learner.learn() == 0
    log.show([("shop", _impression(at_s=recorded_s))])
    assert learner.learn() == 1
    assert _known(learner)[1][:3] == pytest.approx([0, 1, 0])


def test_a_kept_state_that_cannot_be_read_is_told_and_learnt_again(log: EventLog) -> None:
    log.show([("shop", _impression())])
    log.keep_state("shop", "arm/bold", sequence=1, content=b"{}")
    stream = io.StringIO()
    learner = Learner(_experiment(), log, logger=json_logger("debug", stream=stream), clock=lambda: LATER_S)
    learner.learn()
    assert np.trace(_known(learner)[0]) == pytest.approx(3)
    assert "learning again" in stream.getvalue()


def test_nothing_of_a_deleted_user_is_in_what_was_learnt(log: EventLog) -> None:
    log.show([("shop", _impression("answer-to-anna"))])
    _record(log, [_event(1, request_id="answer-to-anna")])
    learner = _learnt(log, at_s=NOW_S + 60)
    arm = learner.arms["bold"]
    assert arm.early == {1: {1}}
    assert b"anna" not in arm.to_bytes()
    log.delete("shop", "anna")
    log.show([("shop", _impression("r2", user="ben"))])
    learner._clock = lambda: LATER_S  # pyright: ignore[reportPrivateUsage]
    learner.learn()
    assert (arm.early, arm.lessons) == ({}, 4)


def test_a_changed_prior_keeps_what_was_learnt(log: EventLog) -> None:
    log.show([("shop", _impression())])
    _record(log, [_event(1)])
    _learnt(log).keep()
    arms = [{"name": "bold", "policy": "thompson", "share": 1.0, "precision": 9.0}]
    learner = _learner(log, _experiment(arms=arms))
    found = learner.arms["bold"].arm.posterior(FINGERPRINT, WIDTH)
    assert found.prior.precision == 9.0
    assert found.moment[:3] == pytest.approx([0, 1, 0])
