from dataclasses import replace

import numpy as np
import pytest
from safetensors.numpy import load, save

from firstlight_encoder.errors import ExplorationError
from firstlight_encoder.exploration import Posterior, Prior, posterior_from, posterior_to
from firstlight_encoder.exploration.item_terms import MOST_ITEMS
from tests.encoder.exploration.made_up import feature_map, posterior


def _observed(count: int = 40) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    generator = np.random.default_rng(3)
    features = generator.standard_normal((count, 5))
    return features, features @ np.arange(5) + generator.normal(size=count), generator.uniform(0.1, 1, count)


def _before(precision: float = 1.5) -> Posterior:
    return Posterior.before_feedback(Prior(np.linspace(-1, 1, 5), precision), fingerprint="abc")


def test_the_mean_is_ridge_regressions_closed_form() -> None:
    features, rewards, propensities = _observed()
    found = _before().updated(features, rewards, propensities, most_weight=4.0)
    roots = np.sqrt(np.minimum(1 / propensities, 4.0))
    stacked = np.vstack([features * roots[:, None], np.sqrt(1.5) * np.eye(5)])
    wanted = np.concatenate([rewards * roots, np.sqrt(1.5) * np.linspace(-1, 1, 5)])
    assert found.mean == pytest.approx(np.linalg.lstsq(stacked, wanted, rcond=None)[0])
    assert found.spread @ found.spread.T == pytest.approx(np.linalg.inv(stacked.T @ stacked))


def test_draws_have_the_posteriors_mean_and_covariance() -> None:
    found = _before().updated(*_observed()[:2])
    draws = found.mean + np.random.default_rng(0).standard_normal((200_000, 5)) @ found.spread.T
    assert draws.mean(axis=0) == pytest.approx(found.mean, abs=5e-3)
    assert np.cov(draws.T) == pytest.approx(found.spread @ found.spread.T, abs=1e-3)


def test_it_does_not_matter_how_observations_are_split() -> None:
    features, rewards, propensities = _observed()
    whole = _before().updated(features, rewards, propensities, most_weight=3.0)
    parts = _before()
    for start in range(0, 40, 7):
        some = slice(start, start + 7)
        parts = parts.updated(features[some], rewards[some], propensities[some], most_weight=3.0)
    assert parts.mean == pytest.approx(whole.mean)
    assert parts.count == pytest.approx(whole.count)


def test_as_it_ages_old_feedback_gives_way_to_the_prior() -> None:
    features, rewards, _ = _observed()
    learnt = _before().updated(features, rewards)
    assert learnt.aged(1e-7).mean == pytest.approx(np.linspace(-1, 1, 5), abs=1e-4)


def test_two_learners_halves_merge_into_the_whole() -> None:
    features, rewards, _ = _observed()
    halves = [_before().updated(features[some], rewards[some]) for some in (slice(0, 20), slice(20, 40))]
    whole = _before().updated(features, rewards)
    assert halves[0].merged(halves[1:]).mean == pytest.approx(whole.mean)
    with pytest.raises(ExplorationError, match="different priors"):
        halves[0].merged([_before(9.0)])
    with pytest.raises(ExplorationError, match="learn again"):
        halves[0].merged([replace(halves[1], fingerprint="other")])


ITEMS = ("tea", "", "jam", "tea", "soap", "", "jam", "jam") * 5
ASKED = ("tea", "jam", "never shown", "")


def _remembering(precision: float = 3.0) -> Posterior:
    return Posterior.before_feedback(Prior(np.linspace(-1, 1, 5), 1.5, precision), fingerprint="abc")


def test_terms_of_items_are_ridge_regression_with_a_column_for_each() -> None:
    features, rewards, propensities = _observed()
    found = _remembering().updated(features, rewards, propensities, items=ITEMS, most_weight=4.0)
    names = ["tea", "jam", "soap", "never shown"]

    def columns(items: tuple[str, ...]) -> np.ndarray:
        held = np.array([[one == name for name in names] for one in items], np.float64)
        return np.asarray(held * 0.5**0.5)

    prior = Prior(np.concatenate([np.linspace(-1, 1, 5), np.zeros(4)]), 1.5)
    wide = Posterior.before_feedback(prior, fingerprint="abc")
    wide = wide.updated(np.hstack([features, columns(ITEMS)]), rewards, propensities, most_weight=4.0)
    asked = np.random.default_rng(8).standard_normal((4, 5))
    ours, theirs = found.believed(asked, ASKED), wide.believed(np.hstack([asked, columns(ASKED)]))
    assert ours.mean == pytest.approx(theirs.mean)
    ours_cov = ours.shared @ ours.shared.T + np.diag(ours.own**2)
    assert ours_cov == pytest.approx(theirs.shared @ theirs.shared.T)
    draws = ours.drawn(100_000, scale=1.0, generator=np.random.default_rng(0))
    assert np.cov(draws.T) == pytest.approx(ours_cov, abs=0.02)


def test_a_correction_of_a_remembered_item_is_as_if_it_had_been_learnt_so() -> None:
    features, rewards, _ = _observed()
    whole = _remembering().updated(features, rewards, items=ITEMS)
    later = _remembering().updated(features, rewards * 0, items=ITEMS).corrected(features, rewards, items=ITEMS)
    asked = features[:4]
    assert later.believed(asked, ASKED).mean == pytest.approx(whole.believed(asked, ASKED).mean)


def test_items_shown_longest_ago_are_forgotten_and_the_rest_believed_as_before() -> None:
    random = np.random.default_rng(9)
    items = [f"i{number}" for number in range(MOST_ITEMS + 30)]
    features, rewards = random.standard_normal((len(items), 5)), random.random(len(items))
    bounded = _remembering().updated(features, rewards, items=items)
    bare = _remembering().updated(features, rewards)
    whole = replace(bare, terms=bare.terms.observed(items, features, rewards, np.ones(len(items))))
    assert bounded.terms.ids == tuple(items[30:])
    asked = (items[-1], items[40], "never shown", "")
    ours, theirs = (one.believed(features[:4], asked) for one in (bounded, whole))
    assert ours.mean == pytest.approx(theirs.mean)
    assert ours.deviations == pytest.approx(theirs.deviations)
    again = bounded.updated(features[:1], rewards[:1], items=["i0"])
    assert (again.terms.ids[0], again.terms.ids[-1]) == ("i31", "i0")


def test_halves_that_remember_items_merge_into_the_whole() -> None:
    features, rewards, _ = _observed()
    halves = [
        _remembering().updated(features[one], rewards[one], items=ITEMS[one]) for one in (slice(20), slice(20, 40))
    ]
    whole = _remembering().updated(features, rewards, items=ITEMS)
    merged = halves[0].merged(halves[1:])
    assert merged.believed(features[:4], ASKED).mean == pytest.approx(whole.believed(features[:4], ASKED).mean)
    assert merged.liked == whole.liked


def test_bytes_of_the_version_before_items_were_remembered_are_read() -> None:
    kept = posterior()
    parts = load(posterior_to(kept))
    old = {name: part for name, part in parts.items() if not name.startswith("item_")}
    old["numbers"] = np.array([1, kept.prior.precision, kept.count])
    back = posterior_from(save(old))
    assert np.array_equal(back.mean, kept.mean)
    assert len(back.terms) == 0
    assert back.prior.item_precision == np.inf
    old["numbers"][0] = 3
    with pytest.raises(ExplorationError, match="version 3"):
        posterior_from(save(old))


def test_bytes_bring_remembered_items_back() -> None:
    features, rewards, _ = _observed()
    kept = _remembering().updated(features, rewards, items=ITEMS)
    back = posterior_from(posterior_to(kept))
    assert back.terms.ids == kept.terms.ids
    ours, theirs = (one.believed(features[:4], ASKED) for one in (back, kept))
    assert ours.mean == pytest.approx(theirs.mean, abs=1e-6)
    assert ours.own == pytest.approx(theirs.own)


def test_bytes_bring_it_back_as_it_was() -> None:
    kept = posterior()
    back = posterior_from(posterior_to(kept))
    assert back.fingerprint == feature_map().fingerprint
    assert np.array_equal(back.mean, kept.mean)
    assert (back.count, back.prior.precision) == (kept.count, kept.prior.precision)


@pytest.mark.parametrize("content", [b"", b"not one", posterior_to(posterior())[:-8]], ids=["none", "other", "cut"])
def test_other_bytes_are_refused(content: bytes) -> None:
    with pytest.raises(ExplorationError, match="learn again from the log"):
        posterior_from(content)


def test_not_a_number_is_refused_in_bytes_and_in_updates() -> None:
    kept = posterior()
    with pytest.raises(ExplorationError):
        posterior_from(posterior_to(replace(kept, moment=kept.moment * np.nan)))
    with pytest.raises(ExplorationError, match="finite"):
        _before().updated(np.full((1, 5), np.nan), np.ones(1))
    with pytest.raises(ExplorationError, match="propensities"):
        _before().updated(np.ones((1, 5)), np.ones(1), np.zeros(1))
    with pytest.raises(ExplorationError, match="precision is 0"):
        Prior(np.zeros(5), 0.0)
    with pytest.raises(ExplorationError, match="item_precision is nan"):
        Prior(np.zeros(5), 1.0, float("nan"))
