"""Several domains in one run: weights, the item-item term, early stopping, and going on after a kill."""

import csv
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from firstlight_encoder.errors import TrainingDataError
from firstlight_encoder.space import Space
from firstlight_encoder.training.loss_log import LossLog
from firstlight_encoder.training.mixture import Mixture
from firstlight_encoder.training.pairs import PairSampler
from firstlight_encoder.training.run_key import run_key
from firstlight_encoder.training.saved_run import SavedRun
from firstlight_encoder.training.train_settings import TrainSettings
from firstlight_encoder.training.trainer import StageA
from firstlight_encoder.training.training_domain import TrainingDomain
from tests.encoder.training_domains import SETTINGS, shop


@pytest.fixture(scope="module")
def target() -> TrainingDomain:
    return shop("target")


@pytest.fixture(scope="module")
def source() -> TrainingDomain:
    return shop("source", seed=5, items=24)


def space_of(stage: StageA, domain: TrainingDomain, *, place: int = 0) -> Space:
    return stage.space(place, served_prior=domain.prior, text_fingerprint="texts")


def trained(mixture: Mixture, settings: TrainSettings = SETTINGS, *, log: LossLog | None = None) -> StageA:
    stage = StageA(mixture, settings)
    stage.train(log=log)
    return stage


@pytest.fixture(scope="module")
def losses(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where `together` logs."""
    return tmp_path_factory.mktemp("together") / "losses.csv"


@pytest.fixture(scope="module")
def together(target: TrainingDomain, source: TrainingDomain, losses: Path) -> StageA:
    return trained(Mixture.with_sources(target, [source], [0.4]), log=LossLog(losses))


@pytest.fixture(scope="module")
def joint(target: TrainingDomain, together: StageA) -> Space:
    return space_of(together, target)


@pytest.fixture(scope="module")
def alone(target: TrainingDomain) -> Space:
    return space_of(trained(Mixture.only(target)), target)


def test_a_source_of_weight_zero_changes_nothing(target: TrainingDomain, source: TrainingDomain, alone: Space) -> None:
    silent = Mixture.with_sources(target, [source], [0.0])
    assert space_of(trained(silent), target).fingerprint == alone.fingerprint


def test_a_source_with_a_weight_trains_another_space(joint: Space, alone: Space) -> None:
    assert joint.fingerprint != alone.fingerprint
    assert joint.dimension == alone.dimension


def test_a_joint_run_is_calibrated_for_each_of_its_domains(
    target: TrainingDomain, source: TrainingDomain, together: StageA, joint: Space
) -> None:
    of_target, of_source = space_of(together, target), space_of(together, source, place=1)
    assert np.array_equal(of_target.adaptor_parameters["skip.weight"], of_source.adaptor_parameters["skip.weight"])
    assert not np.array_equal(of_target.tower_parameters["log_scale"], of_source.tower_parameters["log_scale"])
    assert of_target.fingerprint == joint.fingerprint


def test_a_target_of_weight_zero_leaves_its_users_unseen(target: TrainingDomain, source: TrainingDomain) -> None:
    """Zero-shot: whatever the target's users do, the same space comes of it."""
    other = shop("target", seed=9)
    spaces = [
        space_of(trained(Mixture.with_sources(unseen, [source], [1.0])), source, place=1) for unseen in (target, other)
    ]
    assert spaces[0].fingerprint == spaces[1].fingerprint


@pytest.mark.parametrize(
    ("weights", "message"), [((0.5, 0.4), "add up to 0.9"), ((1.2, -0.2), "of 0 to 1"), ((1.0,), "of 0 to 1")]
)
def test_weights_that_do_not_fit_are_refused(
    target: TrainingDomain, source: TrainingDomain, weights: tuple[float, ...], message: str
) -> None:
    with pytest.raises(TrainingDataError, match=message):
        Mixture((target, source), weights)


def test_domains_of_two_encoders_are_refused(target: TrainingDomain, source: TrainingDomain) -> None:
    narrow = replace(source, texts=replace(source.texts, vectors=source.texts.vectors[:, :12]))
    with pytest.raises(TrainingDataError, match="one encoder"):
        Mixture.with_sources(target, [narrow], [0.5])


def test_a_killed_run_goes_on_to_the_weights_of_an_unbroken_one(
    target: TrainingDomain, source: TrainingDomain, joint: Space, tmp_path: Path
) -> None:
    path, killed_at = tmp_path / "run.pt", 13
    command = [sys.executable, "-m", "tests.encoder.broken_run", str(path), str(killed_at)]
    assert subprocess.run(command, check=False, timeout=60).returncode == -signal.SIGKILL

    mixture = Mixture.with_sources(target, [source], [0.4])
    stage, taken = StageA(mixture, SETTINGS), list[int]()
    saved = SavedRun(path, run_key(mixture, SETTINGS))
    stage.train(saved=saved, progress=lambda step, _, __: taken.append(step))
    assert taken[0] == 11
    assert space_of(stage, target).fingerprint == joint.fingerprint


def test_another_run_s_file_and_a_damaged_one_are_not_taken_up(target: TrainingDomain, tmp_path: Path) -> None:
    mixture, path = Mixture.only(target), tmp_path / "run.pt"
    StageA(mixture, SETTINGS).train(saved=SavedRun(path, run_key(mixture, SETTINGS)))
    assert SavedRun(path, run_key(mixture, replace(SETTINGS, seed=1))).load() is None
    path.write_bytes(path.read_bytes()[:1000])
    assert SavedRun(path, run_key(mixture, SETTINGS)).load() is None
    SavedRun(path, "any").forget()
    assert not path.exists()


def test_the_key_of_a_run_changes_with_its_events(target: TrainingDomain) -> None:
    log = target.split.train
    changed = replace(target, split=replace(target.split, train=replace(log, weights=log.weights * 2)))
    assert run_key(Mixture.only(target), SETTINGS) != run_key(Mixture.only(changed), SETTINGS)


def test_the_key_of_a_run_changes_with_its_precision(target: TrainingDomain) -> None:
    keys = {run_key(Mixture.only(target), replace(SETTINGS, precision=name)) for name in ("float32", "bfloat16")}
    assert len(keys) == 2


def test_both_precisions_learn_the_same_in_weights_of_float32(target: TrainingDomain) -> None:
    exact, short = LossLog(), LossLog()
    trained(Mixture.only(target), replace(SETTINGS, precision="float32"), log=exact)
    stage = trained(Mixture.only(target), replace(SETTINGS, precision="bfloat16"), log=short)
    losses = [[row["validation target"] for row in log.rows] for log in (exact, short)]
    np.testing.assert_allclose(losses[1], losses[0], rtol=0.01)
    assert losses[1] != losses[0]
    weights = space_of(stage, target).adaptor_parameters["skip.weight"]
    assert (weights.view(np.uint32) & 0xFFFF).any()


@pytest.mark.usefixtures("together")
def test_losses_are_logged_by_domain_and_fall(losses: Path) -> None:
    with losses.open() as file:
        rows = list(csv.DictReader(file))
    assert [int(row["step"]) for row in rows] == [5, 10, 15, 20]
    assert set(rows[0]) == {"step", "rate", "train target", "train source", "validation target"}
    assert float(rows[-1]["validation target"]) < float(rows[0]["validation target"])


def test_training_stops_when_patience_ends(target: TrainingDomain) -> None:
    log = LossLog()
    trained(Mixture.only(target), replace(SETTINGS, steps=400, rate=0.3, patience=2), log=log)
    losses = [row["validation target"] for row in log.rows]
    assert len(losses) < 40
    assert min(losses) == losses[-3]


def test_the_item_term_draws_items_of_a_kind_together(target: TrainingDomain, alone: Space) -> None:
    with_pairs = space_of(trained(Mixture.only(target), replace(SETTINGS, beta=1.0)), target)
    assert kind_margin(with_pairs, target) > kind_margin(alone, target)


def kind_margin(space: Space, domain: TrainingDomain) -> float:
    """How much closer items of a kind lie than items of two kinds."""
    vectors = space.project(domain.texts.vectors)
    kinds = np.arange(len(vectors)) % 4
    same, likeness = kinds[:, None] == kinds[None, :], vectors @ vectors.T
    return float(likeness[same].mean() - likeness[~same].mean())


def test_alpha_weighs_the_steps_with_declarations(target: TrainingDomain, alone: Space) -> None:
    assert (
        space_of(trained(Mixture.only(target), replace(SETTINGS, alpha=0.1)), target).fingerprint != alone.fingerprint
    )


def test_drawn_pairs_are_neighbours_of_one_user(target: TrainingDomain) -> None:
    batch = PairSampler(target.split.train, seed=0).draw(300, partners=4)
    drawn = batch.partners >= 0
    assert drawn.mean() > 0.6
    assert (batch.partners != batch.items[:, None])[drawn].all()
    assert (batch.partners % 4 == (batch.items % 4)[:, None])[drawn].all()
