"""Users teach the ranker beside a model that was made without them, and before what they teach by."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from firstlight_encoder.training.second_stage.counted import Counted
from firstlight_encoder.training.second_stage.teachers import Teachers
from firstlight_evaluation.experiment import open_experiment
from firstlight_indexer import cross_fitting
from firstlight_indexer.cross_fitting import cross_fitted, set_apart_teachers
from firstlight_indexer.domain_file import load_domain
from firstlight_indexer.joint_training import JointTraining
from firstlight_indexer.progress import silent
from firstlight_indexer.ranking_training import ranking_material, set_apart
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


def untimed(training: JointTraining) -> JointTraining:
    target = training.domains[0]
    return replace(training, domains=(replace(target, split=replace(target.split, lessons_h=None)),))


def test_every_training_user_teaches_once_by_what_they_did_last(
    teachers: list[Teachers], training: JointTraining
) -> None:
    own = [set(one.users.users.tolist()) for one in teachers]
    split = training.domains[0].split
    last = split.lessons(split.train)
    assert len(own) == PARTS
    assert not own[0] & own[1]
    assert own[0] | own[1] == set(last.users.tolist())
    assert 0.2 * len(split.train) < sum(len(one.users) for one in teachers) == len(last) < 0.3 * len(split.train)


def test_what_describes_their_shortlists_was_made_of_others_before(
    teachers: list[Teachers], training: JointTraining, first: TrainedSpace
) -> None:
    split = training.domains[0].split
    assert split.lessons_h is not None
    for one in teachers:
        assert one.users.times_h.min() >= split.lessons_h
        side = one.material.side
        others = split.train.where(~np.isin(split.train.users, one.users.users)).before(split.lessons_h)
        expected = Counted.of(others, side.rows[:, :-1]).tables
        for name, table in expected.items():
            np.testing.assert_array_equal(side.tables[name].ids, table.ids)
        counts = np.bincount(others.items, minlength=others.item_count)
        assert np.corrcoef(counts, np.exp(side.log_prior))[0, 1] > np.corrcoef(counts, np.exp(first.rows[:, -1]))[0, 1]
        assert one.material.prior.tables.shape[0] == one.material.prior.at(one.users.times_h).min() + 1  # none to come
        assert (side.rows[:, :-1] != first.rows[:, :-1]).any()


def test_where_times_do_not_matter_users_teach_by_all_they_did_beside_all_of_the_others(
    training: JointTraining, first: TrainedSpace
) -> None:
    train = training.domains[0].split.train
    elsewhere = replace(untimed(training), settings=replace(training.settings, steps=0))
    teachers = list(cross_fitted(first, elsewhere, parts=PARTS))
    assert sum(len(one.users) for one in teachers) == len(train)
    for one in teachers:
        others = train.where(~np.isin(train.users, one.users.users))
        for name, table in Counted.of(others, first.rows[:, :-1]).tables.items():
            np.testing.assert_array_equal(one.material.side.tables[name].ids, table.ids)


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


def test_set_apart_users_are_described_by_what_is_served_where_training_ends_before_them(
    training: JointTraining, first: TrainedSpace
) -> None:
    target = training.domains[0]
    served = ranking_material(first, target, progress=silent)
    own = set_apart_teachers(served, first, target, progress=silent)
    assert own.material is served
    np.testing.assert_array_equal(own.users.items, set_apart(target.split)[1].validation.items)


def test_in_a_build_that_knows_all_times_set_apart_users_are_described_by_the_past(
    training: JointTraining, first: TrainedSpace
) -> None:
    target = training.domains[0]
    split = replace(target.split, time_h=None)  # as an index build splits: the users' times are everybody's
    assert split.lessons_h is not None
    times_h = split.validation.times_h
    early = replace(split.validation, times_h=times_h - (np.median(times_h) - split.lessons_h))
    build = replace(target, split=replace(split, validation=early))
    served = ranking_material(first, build, progress=silent)
    own = set_apart_teachers(served, first, build, progress=silent)
    assert own.material.space is served.space
    assert 0 < len(own.users) < len(build.split.validation)
    assert own.users.times_h.min() >= split.lessons_h
    past = split.train.before(split.lessons_h)
    for name, table in Counted.of(past, first.rows[:, :-1]).tables.items():
        np.testing.assert_array_equal(own.material.side.tables[name].ids, table.ids)
    assert any(
        (own.material.side.tables[name].ids != served.side.tables[name].ids).any() for name in served.side.tables
    )
