"""A newcomer's bag, the item features, and the regression from bags to trained users."""

import numpy as np
import pytest

from benchmarks.peers.exchange import Exchange, TrainingLog
from benchmarks.peers.lightfm_features import item_features
from benchmarks.peers.lightfm_newcomers import newcomer_bags, regression, user_bags
from tests.benchmarks.peers.newcomers import newcomer


def test_a_bag_is_equal_shares_of_the_history(export: Exchange) -> None:
    bag = newcomer_bags([newcomer([5, 7])], exchange=export).toarray()[0]
    assert np.flatnonzero(bag).tolist() == [5, 7]
    assert bag[[5, 7]].tolist() == [0.5, 0.5]


def test_a_declared_label_stands_for_the_items_that_carry_it(export: Exchange) -> None:
    label = int(export.item_labels[-1, 1])
    bag = newcomer_bags([newcomer(labels=[label])], exchange=export).toarray()[0]
    carriers = export.item_labels[export.item_labels[:, 1] == label, 0]
    assert np.flatnonzero(bag).tolist() == sorted(carriers.tolist())
    assert bag.sum() == pytest.approx(1.0)


def test_nothing_known_is_an_empty_bag(export: Exchange) -> None:
    assert not newcomer_bags([newcomer()], exchange=export).toarray().any()


def test_a_training_users_bag_has_shares_of_all_their_events() -> None:
    log = TrainingLog(np.array([0, 0, 1]), np.array([2, 2, 0]), user_count=2, item_count=3)
    assert user_bags(log).toarray().tolist() == [[0, 0, 1], [1, 0, 0]]


def test_an_items_features_are_itself_its_labels_and_the_words_that_titles_share(export: Exchange) -> None:
    features = item_features(export).toarray()
    count = export.train.item_count
    same, other = features[[13, 14]], features[[13, 90]]
    np.testing.assert_allclose(features.sum(axis=1), 1.0, rtol=1e-5)
    assert (features[:, :count] > 0).sum() == count
    assert (same > 0).all(axis=0).sum() > (other > 0).all(axis=0).sum() > 0


def test_the_regression_finds_the_map_that_made_the_users() -> None:
    random = np.random.default_rng(0)
    means, truth = random.normal(size=(200, 4)).astype(np.float32), random.normal(size=(4, 4)).astype(np.float32)
    np.testing.assert_allclose(regression(means, means @ truth, penalty=0.0), truth, rtol=1e-3, atol=1e-4)


def test_a_penalty_shrinks_the_map() -> None:
    means = np.random.default_rng(0).normal(size=(200, 4)).astype(np.float32)
    assert np.linalg.norm(regression(means, means, penalty=1.0)) < np.linalg.norm(np.eye(4))
