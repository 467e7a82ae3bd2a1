import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firstlight_encoder.errors import ExplorationError
from firstlight_encoder.exploration import EpsilonGreedy, Explorer, Greedy, LinUcb, Policy, Slots, Softmax, Thompson
from tests.encoder.exploration.made_up import candidates, posterior

POLICIES: tuple[Policy, ...] = (
    Greedy(),
    Greedy(learns=True),
    EpsilonGreedy(0.3),
    EpsilonGreedy(0.3, learns=True),
    Softmax(0.7),
    Softmax(0.2, 0.1, learns=True),
    Thompson(0.1, scale=1.0),
    LinUcb(0.1, alpha=1.0),
)
EVERY_POLICY = pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: f"{policy.name}-{policy.learns}")


@EVERY_POLICY
@settings(deadline=None)
@given(
    seed=st.integers(0, 10**6),
    count=st.integers(0, 12),
    size=st.integers(1, 10),
    slots=st.builds(Slots, st.integers(0, 4), st.integers(0, 3), st.integers(1, 6))
    | st.builds(Slots, st.just(2), st.just(2), st.just(2), st.sampled_from([(2,), (3, 2), (2, 9)])),
)
def test_a_page_keeps_to_its_bounds_and_its_propensities_are_those_of_a_replay(
    policy: Policy, seed: int, count: int, size: int, slots: Slots
) -> None:
    given_ = candidates(size, new=size // 3)
    explorer = Explorer(policy, slots)
    page = explorer.page(given_, count=count, generator=np.random.default_rng(seed), posterior=posterior())
    assert len(page.chosen) == min(count, size) == len(set(page.chosen.tolist()))
    assert page.explored.sum() <= slots.most
    assert (page.explored & given_.is_new[page.chosen]).sum() <= slots.most_new
    assert not page.explored[: slots.first_place - 1].any()
    assert (page.propensities > 0).all()
    assert (page.propensities <= 1 + 1e-12).all()
    replayed = explorer.filling(given_, generator=np.random.default_rng(seed), posterior=posterior())
    for one, propensity, explored in zip(page.chosen, page.propensities, page.explored, strict=True):
        chances = replayed.chances()
        assert chances.sum() == pytest.approx(1)
        assert (chances >= 0).all()
        assert chances[one] == pytest.approx(propensity)
        assert replayed.take(int(one)) == explored


def test_greedy_shows_the_ranking_with_propensity_1() -> None:
    page = Explorer(Greedy(), Slots()).page(candidates(), count=5, generator=np.random.default_rng(0))
    assert page.chosen.tolist() == [0, 1, 2, 3, 4]
    assert page.propensities.tolist() == [1] * 5
    assert not page.explored.any()


def test_epsilon_greedy_has_its_closed_form() -> None:
    filling = Explorer(EpsilonGreedy(0.4), Slots()).filling(candidates(8), generator=np.random.default_rng(0))
    assert filling.chances() == pytest.approx([0.65] + [0.05] * 7)


def test_softmax_has_its_closed_form_among_those_that_remain() -> None:
    given_ = candidates(8)
    filling = Explorer(Softmax(0.5), Slots(3, 3)).filling(given_, generator=np.random.default_rng(0))
    filling.take(2)
    weights = np.exp(given_.base.astype(float) / 0.5) * (np.arange(8) != 2)
    assert filling.chances() == pytest.approx(weights / weights.sum())


def test_places_kept_for_new_items_show_them_and_no_other_place_explores() -> None:
    explorer = Explorer(Thompson(0.1, scale=1.0), Slots(2, 2, new_places=(2, 5)))
    given_ = candidates(8, new=2)
    for seed in range(20):
        page = explorer.page(given_, count=6, generator=np.random.default_rng(seed), posterior=posterior())
        assert given_.is_new[page.chosen].tolist() == [False, True, False, False, True, False]
        assert page.explored.tolist() == given_.is_new[page.chosen].tolist()
        assert page.chosen[~page.explored].tolist() == [0, 1, 2, 3]
        assert page.propensities[[0, 2, 3, 4, 5]] == pytest.approx(1)
        assert 0.05 <= page.propensities[1] < 1
    only_one = explorer.page(candidates(8, new=1), count=6, generator=np.random.default_rng(0), posterior=posterior())
    assert only_one.explored.tolist() == [False, True, False, False, False, False]
    greedy = Explorer(Greedy(), Slots(1, 1, new_places=(3,)))
    assert greedy.page(given_, count=4, generator=np.random.default_rng(0)).chosen.tolist() == [0, 1, 6, 2]


def test_no_propensity_is_below_an_even_share_of_epsilon() -> None:
    explorer = Explorer(Thompson(0.08), Slots())
    chances = explorer.filling(candidates(8), generator=np.random.default_rng(0), posterior=posterior()).chances()
    assert chances.min() >= 0.08 / 8 - 1e-12


@pytest.mark.parametrize("policy", [EpsilonGreedy(0.5), Softmax(0.8)], ids=["epsilon_greedy", "softmax"])
def test_propensities_are_the_frequencies_of_50_000_draws(policy: Policy) -> None:
    draws, given_ = 50_000, candidates(5, new=1)
    explorer, generator = Explorer(policy, Slots(1, 1, 1)), np.random.default_rng(11)
    expected = explorer.filling(given_, generator=generator).chances()
    shown = np.bincount([explorer.page(given_, count=1, generator=generator).chosen[0] for _ in range(draws)])
    deviation = np.sqrt(draws * expected * (1 - expected))
    assert (np.abs(shown - draws * expected) < 5 * deviation).all()


def test_thompson_propensities_weigh_every_item_back_to_the_same() -> None:
    """What makes them good for off-policy estimates: the mean of [shown] / propensity is 1 for every item."""
    draws, given_, known = 20_000, candidates(5, new=1), posterior()
    explorer, generator = Explorer(Thompson(0.2, scale=1.0, draws=8), Slots(1, 1)), np.random.default_rng(12)
    weights = np.zeros((draws, 5))
    for line in weights:
        page = explorer.page(given_, count=1, generator=generator, posterior=known)
        line[page.chosen[0]] = 1 / page.propensities[0]
    error = weights.std(axis=0) / np.sqrt(draws)
    assert (np.abs(weights.mean(axis=0) - 1) < 5 * error).all()


def test_new_items_beyond_the_budget_have_no_chance() -> None:
    filling = Explorer(EpsilonGreedy(1.0), Slots(4, 1)).filling(candidates(8), generator=np.random.default_rng(0))
    filling.take(7)
    assert filling.chances()[6] == 0


@pytest.mark.parametrize(
    ("make", "named"),
    [
        (lambda: EpsilonGreedy(1.5), "epsilon is 1.5"),
        (lambda: Softmax(0.0), "temperature is 0"),
        (lambda: Thompson(scale=-1.0), "scale is -1"),
        (lambda: Thompson(epsilon=float("nan")), "epsilon is nan"),
        (lambda: LinUcb(alpha=float("inf")), "alpha is inf"),
        (lambda: Slots(-1), "most is -1"),
        (lambda: Slots(first_place=0), "first_place is 0"),
        (lambda: Slots(2, 2, 3, (2,)), r"new_places are \[2\], different places from 3"),
        (lambda: Slots(2, 2, 1, (2, 2)), r"new_places are \[2, 2\]"),
        (lambda: Slots(2, 1, 1, (2, 3)), "2 places are kept for new items, at most 1 may show them"),
    ],
)
def test_a_setting_out_of_range_is_named(make: object, named: str) -> None:
    assert callable(make)
    with pytest.raises(ExplorationError, match=named):
        make()


def test_a_policy_that_learns_names_the_posterior_it_lacks() -> None:
    with pytest.raises(ExplorationError, match="needs a posterior over the candidates' 7 features, got none"):
        Explorer(Thompson(), Slots()).page(candidates(), count=3, generator=np.random.default_rng(0))
