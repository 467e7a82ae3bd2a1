"""Estimators on a world whose truth is known: what they promise, and what they refuse."""

from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from firstlight_indexer.errors import FeedbackError
from firstlight_indexer.ope import (
    Estimator,
    OverlapWarning,
    Rounds,
    direct,
    doubly_robust,
    evaluate_policy,
    ips,
    overlap,
    snips,
    switch_dr,
    switch_threshold,
)

Floats = NDArray[np.float64]
ACTIONS, CONTEXTS = 5, 3


class World(NamedTuple):
    rewards: Floats  # (contexts, actions): the chance of a click
    logging: Floats  # (contexts, actions)
    target: Floats  # (contexts, actions)

    @property
    def truth(self) -> float:
        return float((self.target * self.rewards).sum(axis=1).mean())


def world(seed: int) -> World:
    random = np.random.default_rng(seed)
    return World(
        random.uniform(0.05, 0.6, (CONTEXTS, ACTIONS)),
        random.dirichlet(np.full(ACTIONS, 3.0), CONTEXTS),
        random.dirichlet(np.full(ACTIONS, 1.0), CONTEXTS),
    )


def logged(known: World, *, rows: int, seed: int, model: Floats | None = None, noise: bool = True) -> Rounds:
    random = np.random.default_rng(seed)
    contexts = random.integers(CONTEXTS, size=rows)
    drawn = (random.random((rows, 1)) > known.logging[contexts].cumsum(axis=1)).sum(axis=1)
    actions = np.minimum(drawn, ACTIONS - 1)
    chance = known.rewards[contexts, actions]
    return Rounds(
        rewards=(random.random(rows) < chance).astype(np.float64) if noise else chance,
        propensities=known.logging[contexts, actions],
        target=known.target[contexts, actions],
        units=np.arange(rows),
        predicted=None if model is None else model[contexts, actions],
        expected=None if model is None else (known.target * model).sum(axis=1)[contexts],
    )


def test_ips_and_dr_are_unbiased_whatever_the_reward_model_says() -> None:
    known, wrong = world(1), np.full((CONTEXTS, ACTIONS), 0.9)
    runs = [logged(known, rows=400, seed=seed, model=wrong) for seed in range(400)]
    for estimator in (ips, doubly_robust):
        values = np.array([estimator(run).value for run in runs])
        assert abs(values.mean() - known.truth) < 4 * values.std() / np.sqrt(len(values))
    assert abs(direct(runs[0]).value - known.truth) > 0.2


def test_dr_is_exact_where_the_model_is_and_nothing_is_left_to_chance() -> None:
    known = world(2)
    rounds = logged(known, rows=50, seed=0, model=known.rewards, noise=False)
    assert doubly_robust(rounds).value == pytest.approx(direct(rounds).value, abs=1e-12)


def test_the_true_model_takes_variance_away() -> None:
    known = world(3)
    runs = [logged(known, rows=300, seed=seed, model=known.rewards) for seed in range(100)]
    assert np.std([doubly_robust(run).value for run in runs]) < 0.95 * np.std([ips(run).value for run in runs])


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 1_000), shift=st.floats(-5, 5))
def test_snips_moves_by_as_much_as_all_rewards_do(seed: int, shift: float) -> None:
    rounds = logged(world(seed), rows=40, seed=seed)
    moved = Rounds(rounds.rewards + shift, rounds.propensities, rounds.target, rounds.units)
    assert snips(moved).value == pytest.approx(snips(rounds).value + shift, abs=1e-9)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 1_000))
def test_a_policy_is_worth_what_it_earned_where_it_logged_itself(seed: int) -> None:
    known = world(seed)
    rounds = logged(known._replace(target=known.logging), rows=40, seed=seed, model=known.rewards)
    for estimator in (ips, snips):
        assert estimator(rounds).value == pytest.approx(rounds.rewards.mean())
    assert overlap(rounds).effective_rows == pytest.approx(40)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 1_000))
def test_switching_never_is_dr_and_switching_always_is_the_model(seed: int) -> None:
    known = world(seed)
    rounds = logged(known, rows=40, seed=seed, model=known.rewards)
    assert switch_dr(rounds, threshold=np.inf).value == doubly_robust(rounds).value
    assert switch_dr(rounds, threshold=-1.0).value == pytest.approx(direct(rounds).value, abs=1e-12)


def test_the_threshold_trusts_all_weights_where_they_are_small_and_drops_wild_ones() -> None:
    known = world(4)
    calm = logged(known._replace(target=known.logging), rows=2_000, seed=0, model=known.rewards)
    assert switch_threshold(calm) >= calm.weights.max()
    propensities = calm.propensities.copy()
    propensities[7] = 1e-7
    wild = Rounds(calm.rewards, propensities, calm.target, calm.units, calm.predicted, calm.expected)
    assert switch_threshold(wild) < wild.weights.max()


@pytest.mark.parametrize("interval", ["normal", "bootstrap", "bernstein"])
def test_intervals_cover_the_truth_about_as_often_as_they_say(interval: str) -> None:
    known, covered = world(5), 0
    for seed in range(60):
        estimates = evaluate_policy(logged(known, rows=300, seed=seed, model=known.rewards), resamples=150)
        robust = next(one for one in estimates if one.estimator is Estimator.DOUBLY_ROBUST)
        covered += getattr(robust, interval).covers(known.truth)
    assert covered >= 52


def test_rows_of_one_unit_do_not_pass_for_independent_ones() -> None:
    rounds = logged(world(6), rows=100, seed=0)
    alone = evaluate_policy(rounds)[0].normal
    copies = [np.tile(column, 4) for column in (rounds.rewards, rounds.propensities, rounds.target, rounds.units)]
    together = evaluate_policy(Rounds(*copies))[0].normal  # type: ignore[arg-type]
    assert together == pytest.approx(alone)


def test_poor_overlap_is_told() -> None:
    rounds = logged(world(7), rows=1_000, seed=0)
    target = np.zeros(1_000)
    target[3] = 1.0
    sharp = Rounds(rounds.rewards, rounds.propensities, target, rounds.units)
    assert OverlapWarning.ONE_ROW_DECIDES in overlap(sharp).warnings
    assert OverlapWarning.FEW_EFFECTIVE_ROWS in overlap(sharp).warnings
    halved = Rounds(rounds.rewards, rounds.propensities, rounds.propensities / 2, rounds.units)
    assert overlap(halved).warnings == (OverlapWarning.WEIGHTS_DO_NOT_AVERAGE_TO_ONE,)


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        ("propensities", 0.0, r"row 3: the propensity is 0.0, and must be in \(0, 1\]"),
        ("propensities", 1.5, r"row 3: the propensity is 1.5"),
        ("propensities", np.nan, r"row 3: the propensities is nan, and must be a finite number"),
        ("target", -0.1, r"row 3: the target probability is -0.1, and must be in \[0, 1\]"),
        ("rewards", np.inf, r"row 3: the rewards is inf"),
    ],
)
def test_a_bad_value_is_refused_by_name_and_row(column: str, value: float, told: str) -> None:
    rounds = logged(world(8), rows=10, seed=0)
    columns = {name: getattr(rounds, name).copy() for name in ("rewards", "propensities", "target", "units")}
    columns[column][3] = value
    with pytest.raises(FeedbackError, match=told):
        Rounds(**columns)


def test_an_estimate_needs_more_than_one_unit_and_a_model_where_one_is_used() -> None:
    rounds = logged(world(9), rows=10, seed=0)
    with pytest.raises(FeedbackError, match="fewer than 2 users"):
        Rounds(rounds.rewards, rounds.propensities, rounds.target, np.zeros(10, dtype=np.int64))
    with pytest.raises(FeedbackError, match="no reward model"):
        direct(rounds)
    assert [one.estimator for one in evaluate_policy(rounds)] == [Estimator.IPS, Estimator.SNIPS]
