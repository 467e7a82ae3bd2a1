import numpy as np
import pytest
from numpy.typing import NDArray

from firstlight_encoder.label_shares import AGAINST, DeclaredItems, LabelShares, lift
from firstlight_encoder.labels import category_labels

PATHS = [["Food", "Tea"], ["Food", "Tea"], ["Food", "Bread"], ["Tools"], []]
PRIOR = np.log(np.array([0.4, 0.1, 0.2, 0.2, 0.1], np.float32))
ODDS = 0.5


@pytest.fixture
def shares() -> LabelShares:
    return LabelShares(category_labels(PATHS), PRIOR[None, :])


def number(shares: LabelShares, name: str) -> int:
    return shares.labels.names.index(name)


def given(shares: LabelShares, names: list[str], weights: list[float], *, odds: float = ODDS) -> NDArray[np.float32]:
    """p(item) given the declarations, normalised."""
    items = shares.lifted([(number(shares, name), weight) for name, weight in zip(names, weights, strict=True)])
    log_p = PRIOR.copy()
    log_p[items.rows] += items.lift(odds)
    share: NDArray[np.float32] = np.exp(log_p)
    share /= share.sum()
    return share


def test_a_name_is_as_probable_as_its_items(shares: LabelShares) -> None:
    probable = {name: float(shares.shares[0, number(shares, name)]) for name in shares.labels.names}
    assert probable == pytest.approx({"Food": 0.7, "Tea": 0.5, "Bread": 0.2, "Tools": 0.2})


def test_a_declared_name_mixes_the_prior_with_the_prior_inside_the_name(shares: LabelShares) -> None:
    prior = np.exp(PRIOR)
    inside = np.array([0.4, 0.1, 0, 0, 0]) / 0.5
    share = ODDS / (1 + ODDS)
    np.testing.assert_allclose(given(shares, ["Tea"], [1.0]), (1 - share) * prior + share * inside, rtol=1e-5)


def test_a_rare_name_lifts_its_items_more_than_a_common_one(shares: LabelShares) -> None:
    rare, common = (shares.lifted([(number(shares, name), 1.0)]).lift(ODDS) for name in ("Bread", "Food"))
    assert rare.min() > common.max() > 0


def test_a_heavier_declaration_lifts_more_and_none_lifts_nothing(shares: LabelShares) -> None:
    light, heavy = (given(shares, ["Tea"], [weight])[0] for weight in (0.5, 3.0))
    assert np.exp(PRIOR[0]) < light < heavy
    assert given(shares, [], []).tolist() == pytest.approx(np.exp(PRIOR).tolist())


def test_an_unwanted_name_sinks_its_items_and_leaves_the_others_in_proportion(shares: LabelShares) -> None:
    after, before = given(shares, ["Tea"], [-1.0]), np.exp(PRIOR)
    assert after[0] / after[2] == pytest.approx(before[0] / before[2] / (1 + AGAINST), rel=1e-5)
    assert after[2:] / after[2] == pytest.approx(before[2:] / before[2], rel=1e-5)


def test_an_item_of_two_declared_names_counts_both(shares: LabelShares) -> None:
    items = shares.lifted([(number(shares, "Food"), 1.0), (number(shares, "Tea"), 1.0)])
    assert items.rows.tolist() == [0, 1, 2]
    assert items.evidence.tolist() == pytest.approx([1 / 0.7 + 1 / 0.5] * 2 + [1 / 0.7])


def test_batches_and_single_cases_are_lifted_alike(shares: LabelShares) -> None:
    tea, tools, bread = (number(shares, name) for name in ("Tea", "Tools", "Bread"))
    declared = np.array([[tea, tools], [bread, -1], [-1, -1]])
    weights = np.array([[2.0, -1.0], [1.0, 1.0], [1.0, 1.0]], np.float32)
    rows = np.arange(5)[None, :]
    found = shares.lift(rows, declared, weights, moments=np.zeros(3, np.int64), odds=ODDS)
    for line, names, own in zip(found, declared.tolist(), weights.tolist(), strict=True):
        items = shares.lifted([(name, weight) for name, weight in zip(names, own, strict=True) if name >= 0])
        expected = np.zeros(5, np.float32)
        expected[items.rows] = items.lift(ODDS)
        np.testing.assert_allclose(line, expected, rtol=1e-5)


def test_every_case_of_a_batch_is_lifted_at_its_own_rows_and_moment() -> None:
    early = np.log(np.array([0.1, 0.1, 0.2, 0.5, 0.1], np.float32))
    shares = LabelShares(category_labels(PATHS), np.stack([early, PRIOR]))
    tea = number(shares, "Tea")
    found = shares.lift(
        np.array([[0, 3], [3, 1]]), np.array([[tea], [tea]]), np.ones((2, 1), np.float32), moments=np.array([0, 1]),
        odds=ODDS,
    )  # fmt: skip
    expected = [[np.log1p(ODDS / 0.2), 0], [0, np.log1p(ODDS / 0.5)]]
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_a_name_that_nobody_takes_still_lifts_by_a_number() -> None:
    items = DeclaredItems.of([(np.array([3]), 1.0, 0.0)])
    assert np.isfinite(items.lift(ODDS)).all()
    assert lift(np.zeros(2), np.zeros(2), odds=ODDS).tolist() == [0, 0]
