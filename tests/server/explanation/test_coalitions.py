"""Shapley's axioms, and the definition itself beside what is computed."""

from itertools import permutations
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from firstlight_server.explanation.coalitions import Coalitions, coalitions

EXACT, SAMPLED = 8, 256
FEW, MANY = st.integers(0, EXACT), st.sampled_from([EXACT + 1, EXACT + 2, 12, 20, 50, 64, 150])
GAMES = 3


def random_worth(asked: Coalitions, seed: int) -> NDArray[np.float64]:
    """What coalitions are worth in some games: a random number for every set, the same however often it is asked."""
    sizes = asked.held @ np.random.default_rng(seed).normal(size=(asked.held.shape[1], GAMES))
    return np.asarray(np.sin(3 * sizes) + sizes)


def by_definition(asked: Coalitions, worth: NDArray[np.float64]) -> NDArray[np.float64]:
    """What each player adds, averaged over all orders."""
    players = asked.held.shape[1]
    of = {frozenset(np.flatnonzero(held).tolist()): line for held, line in zip(asked.held, worth, strict=True)}
    orders = list(permutations(range(players)))
    shares = np.zeros((players, worth.shape[1]))
    for order in orders:
        for size, player in enumerate(order):
            shares[player] += of[frozenset(order[: size + 1])] - of[frozenset(order[:size])]
    return shares / len(orders)


@pytest.mark.parametrize("players", range(1, 7))
def test_exact_shares_are_those_of_the_definition(players: int) -> None:
    asked = coalitions(players, most=SAMPLED)
    assert asked.method == "shapley-exact"
    worth = random_worth(asked, players)
    np.testing.assert_allclose(asked.shares(worth), by_definition(asked, worth), atol=1e-12)


@settings(max_examples=40, deadline=None)
@given(players=FEW | MANY, seed=st.integers(0, 1_000))
def test_the_shares_add_up_to_what_everybody_is_worth_beyond_nobody(players: int, seed: int) -> None:
    asked = coalitions(players, most=SAMPLED)
    assert not asked.held[0].any()
    assert asked.held[-1].all()
    worth = random_worth(asked, seed)
    np.testing.assert_allclose(asked.shares(worth).sum(axis=0), worth[-1] - worth[0], atol=1e-9)


@settings(max_examples=40, deadline=None)
@given(players=st.integers(1, EXACT), seed=st.integers(0, 1_000), data=st.data())
def test_whoever_adds_nothing_gets_nothing(players: int, seed: int, data: st.DataObject) -> None:
    asked, dummy = coalitions(players, most=SAMPLED), data.draw(st.integers(0, players - 1))
    others = np.arange(players) != dummy
    sizes = asked.held[:, others] @ np.random.default_rng(seed).normal(size=(players - 1, GAMES))
    np.testing.assert_allclose(asked.shares(np.cos(sizes))[dummy], 0, atol=1e-12)


@settings(max_examples=40, deadline=None)
@given(players=st.integers(2, EXACT), seed=st.integers(0, 1_000))
def test_players_that_add_the_same_get_the_same(players: int, seed: int) -> None:
    asked, each = coalitions(players, most=SAMPLED), np.random.default_rng(seed).normal(size=(players, GAMES))
    each[-1] = each[0]
    shares = asked.shares(np.exp(asked.held @ each))
    np.testing.assert_allclose(shares[0], shares[-1], rtol=1e-9)


@settings(max_examples=20, deadline=None)
@given(players=MANY, seed=st.integers(0, 1_000))
def test_sampled_shares_of_players_who_do_not_meet_are_exact(players: int, seed: int) -> None:
    asked, each = coalitions(players, most=SAMPLED), np.random.default_rng(seed).normal(size=(players, GAMES))
    assert asked.method == "shapley-sampled"
    assert len(asked.held) <= max(SAMPLED, 2 * players + 2)
    np.testing.assert_allclose(asked.shares(asked.held @ each), each, atol=1e-9)


@pytest.mark.parametrize("players", [EXACT + 1, EXACT + 4, 40])
def test_sampled_shares_are_exact_where_players_meet_in_pairs_alone(players: int) -> None:
    each, asked = np.random.default_rng(0).normal(size=(players, GAMES)), coalitions(players, most=SAMPLED)
    pairs = np.triu(np.random.default_rng(1).normal(size=(players, players)), 1)
    held = asked.held.astype(float)
    together = ((held @ pairs) * held).sum(axis=1)[:, None]
    exact = each + (pairs.sum(axis=0) + pairs.sum(axis=1))[:, None] / 2  # of what two add together, each gets half
    np.testing.assert_allclose(asked.shares(held @ each + together), exact, atol=1e-7)


def test_sampled_shares_are_near_the_exact_ones() -> None:
    players, every = EXACT + 2, np.arange(1 << (EXACT + 2))[:, None] >> np.arange(EXACT + 2) & 1 > 0
    each = np.random.default_rng(0).normal(size=(players, GAMES)) / 3

    def worth(held: NDArray[np.bool_]) -> NDArray[np.float64]:
        return np.asarray(np.tanh(held @ each))

    joins = np.array([1 / (players * comb(players - 1, size)) for size in range(players)])
    sizes = every.sum(axis=1)
    joined: NDArray[np.float64] = joins.take(sizes - 1, mode="clip")
    absent: NDArray[np.float64] = joins.take(sizes, mode="clip")
    exact, asked = np.where(every.T, joined, np.negative(absent)) @ worth(every), coalitions(players, most=SAMPLED)
    assert np.abs(asked.shares(worth(asked.held)) - exact).mean() < 0.02 * np.abs(exact).mean()
