"""Opening a small shop's files for evaluation: who learns, who tests, and what its times say."""

from pathlib import Path

import numpy as np
import pytest

from firstlight_evaluation.experiment import Experiment, open_experiment
from firstlight_indexer.domain_file import load_domain
from tests.evaluation.tiny_shop_files import write_tiny_shop


@pytest.fixture(scope="module")
def toml(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_shop(tmp_path_factory.mktemp("tiny-shop"))


def opened(toml: Path, *, times: str = "clock", seed: int = 0, evaluation: str = "") -> Experiment:
    """The shop with other settings, in the same work folder, so that no text is encoded twice."""
    text = toml.read_text().replace("[events]\n", f'[events]\ntimes = "{times}"\n')
    other = toml.with_name("other.toml")
    other.write_text(f"{text}seed = {seed}\n[evaluation]\n{evaluation}")
    return open_experiment(load_domain(other), workdir=toml.parent / "work")


def who_tests(experiment: Experiment) -> list[int]:
    users: list[int] = np.unique(experiment.material.split.test.users).tolist()
    return users


def test_the_training_seed_does_not_choose_who_tests_but_the_split_seed_does(toml: Path) -> None:
    first, second = opened(toml, seed=0), opened(toml, seed=1)
    assert (first.first_seed, second.first_seed) == (0, 1)
    assert who_tests(first) == who_tests(second) != who_tests(opened(toml, evaluation="split_seed = 5\n"))


def test_at_most_so_many_users_test_as_the_settings_allow(toml: Path) -> None:
    few = who_tests(opened(toml, evaluation="max_test_users = 4\n"))
    assert len(few) == 4
    assert set(few) < set(who_tests(opened(toml)))


def test_times_that_carry_order_only_split_nothing_and_leave_no_gaps(toml: Path) -> None:
    timed, ordered = opened(toml).material.split, opened(toml, times="order").material.split
    assert timed.time_h is not None
    assert ordered.time_h is None
    assert len(ordered.test) > len(timed.test)
    assert not ordered.train.times_h.any()
