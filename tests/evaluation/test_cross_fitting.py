"""Training users teach the ranker beside a model that was made without them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from firstlight_encoder.training.second_stage.counted import Counted
from firstlight_encoder.training.second_stage.teachers import Teachers
from firstlight_evaluation.experiment import open_experiment
from firstlight_indexer import cross_fitting
from firstlight_indexer.cross_fitting import cross_fitted
from firstlight_indexer.domain_file import load_domain
from firstlight_indexer.joint_training import JointTraining
from firstlight_indexer.space_training import train_space
from firstlight_indexer.trained_space import TrainedSpace
from tests.evaluation.tiny_shop_files import write_tiny_shop

PARTS = 2


@pytest.fixture(scope="module")
def training(tmp_path_factory: pytest.TempPathFactory) -> JointTraining:
    toml = write_tiny_shop(tmp_path_factory.mktemp("shop"), users=140, baskets=6)
    return open_experiment(load_domain(toml), workdir=Path(toml.parent / "work")).trainer.training(0)


@pytest.fixture(scope="module")
def first(training: JointTraining) -> TrainedSpace:
    return train_space(training)


@pytest.fixture(scope="module")
def teachers(first: TrainedSpace, training: JointTraining) -> list[Teachers]:
    return list(cross_fitted(first, training, parts=PARTS))


def test_every_training_user_teaches_once(teachers: list[Teachers], training: JointTraining) -> None:
    own = [set(one.users.users.tolist()) for one in teachers]
    train = training.domains[0].split.train
    assert len(own) == PARTS
    assert not own[0] & own[1]
    assert own[0] | own[1] == set(train.users.tolist())
    assert sum(len(one.users) for one in teachers) == len(train)


def test_what_describes_their_shortlists_was_made_without_them(
    teachers: list[Teachers], training: JointTraining, first: TrainedSpace
) -> None:
    train = training.domains[0].split.train
    for one in teachers:
        side = one.material.side
        others = train.where(~np.isin(train.users, one.users.users))
        expected = Counted.of(others, side.rows[:, :-1]).tables
        for name, table in expected.items():
            np.testing.assert_array_equal(side.tables[name].ids, table.ids)
        counts = np.bincount(others.items, minlength=train.item_count)
        assert np.corrcoef(counts, np.exp(side.log_prior))[0, 1] > np.corrcoef(counts, np.exp(first.rows[:, -1]))[0, 1]
        assert (side.rows[:, :-1] != first.rows[:, :-1]).any()


def test_a_space_trained_elsewhere_is_taken_as_it_is(training: JointTraining, first: TrainedSpace) -> None:
    elsewhere = replace(training, settings=replace(training.settings, steps=0))
    for one in cross_fitted(first, elsewhere, parts=PARTS):
        np.testing.assert_array_equal(one.material.side.rows[:, :-1], first.rows[:, :-1])


def test_no_parts_or_hardly_any_users_teach_nothing(
    training: JointTraining, first: TrainedSpace, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert list(cross_fitted(first, training, parts=0)) == []
    monkeypatch.setattr(cross_fitting, "FEWEST_USERS", 10_000)
    assert list(cross_fitted(first, training, parts=PARTS)) == []


def test_where_users_abound_fewer_parts_teach(
    training: JointTraining, first: TrainedSpace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cross_fitting, "ENOUGH_USERS", 5)
    assert len(list(cross_fitted(first, training, parts=PARTS))) == 1
