from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file  # pyright: ignore[reportUnknownVariableType] - its path is untyped

from firstlight_encoder.checkpoint import Checkpoint
from firstlight_encoder.device import chosen_device
from firstlight_encoder.errors import CheckpointError, DeviceError
from firstlight_encoder.split import UserSplit
from firstlight_encoder.torch_encoder import TorchTextEncoder
from firstlight_encoder.training.loss_log import LossLog
from firstlight_encoder.training.saved_run import SavedRun
from firstlight_encoder.training.stage_b.changed_checkpoint import write_changed_checkpoint
from firstlight_encoder.training.stage_b.fine_tune_settings import FineTuneSettings
from firstlight_encoder.training.stage_b.fine_tuner import FineTuner
from firstlight_encoder.training.stage_b.item_tokens import ItemTokens
from tests.encoder.stage_b.conftest import COLOURS, ITEMS

SETTINGS = FineTuneSettings(steps=40, layers=2, batch=32, rate=2e-3, check_every=10, threads=1, device="cpu")
SHORT = replace(SETTINGS, steps=20)
Tuner = Callable[[FineTuneSettings], FineTuner]
Weights = dict[str, torch.Tensor]


@pytest.fixture(scope="module")
def tuner(checkpoint: Checkpoint, colour_split: UserSplit, tokens: ItemTokens) -> Tuner:
    return lambda settings: FineTuner(checkpoint, colour_split, tokens, settings)


@pytest.fixture
def log() -> LossLog:
    return LossLog()


@pytest.fixture(scope="module")
def unbroken(tuner: Tuner) -> tuple[Weights, LossLog]:
    """The weights and the log of a run that nobody kills."""
    log = LossLog()
    return tuner(SHORT).run(log=log), log


def losses(log: LossLog) -> list[tuple[float, float]]:
    return [(row["step"], row["validation loss"]) for row in log.rows]


def nearer_by_colour(checkpoint: Checkpoint) -> float:
    """Mean cosine of items of one colour less that of items of two."""
    vectors = TorchTextEncoder(checkpoint, dtype=torch.float32).encode(ITEMS)
    cosines, colours = vectors @ vectors.T, np.arange(len(ITEMS)) % len(COLOURS)
    alike = colours[:, None] == colours[None, :]
    return float(cosines[alike].mean() - cosines[~alike].mean())


@pytest.mark.parametrize("lora_rank", [0, 4], ids=["whole layers", "low rank"])
def test_items_that_follow_each_other_come_closer(
    tuner: Tuner, checkpoint: Checkpoint, log: LossLog, tmp_path: Path, lora_rank: int
) -> None:
    weights = tuner(replace(SETTINGS, lora_rank=lora_rank, rate=2e-3 if not lora_rank else 2e-2)).run(log=log)
    tuned = write_changed_checkpoint(checkpoint, weights, tmp_path / "tuned")
    lowest = [row["validation loss"] for row in log.rows]
    assert min(lowest) < lowest[0] - 0.2
    assert nearer_by_colour(tuned) > nearer_by_colour(checkpoint) + 0.1
    assert tuned.fingerprint != checkpoint.fingerprint


def test_low_rank_changes_are_merged_into_an_encoder_like_any_other(
    tuner: Tuner, checkpoint: Checkpoint, log: LossLog, tmp_path: Path
) -> None:
    weights = tuner(replace(SETTINGS, steps=4, lora_rank=4)).run(log=log)
    tuned = write_changed_checkpoint(checkpoint, weights, tmp_path / "tuned")
    before, after = (load_file(where.directory / "model.safetensors") for where in (checkpoint, tuned))
    assert {name: (one.shape, one.dtype) for name, one in after.items()} == {
        name: (one.shape, one.dtype) for name, one in before.items()
    }
    assert (tuned.directory / "config.json").read_bytes() == (checkpoint.directory / "config.json").read_bytes()


@pytest.mark.parametrize("lora_rank", [0, 4], ids=["whole layers", "low rank"])
def test_only_the_upper_layers_change(
    tuner: Tuner, checkpoint: Checkpoint, log: LossLog, tmp_path: Path, lora_rank: int
) -> None:
    weights = tuner(replace(SETTINGS, steps=4, layers=1, lora_rank=lora_rank)).run(log=log)
    tuned = write_changed_checkpoint(checkpoint, weights, tmp_path / "tuned")
    before, after = (load_file(where.directory / "model.safetensors") for where in (checkpoint, tuned))
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert before.keys() == after.keys()
    assert changed
    assert all(".layer.1." in name for name in changed)


@pytest.mark.parametrize("killed_at", [7, 10, 13])
def test_a_killed_run_ends_with_the_weights_and_the_log_of_an_unbroken_one(
    tuner: Tuner, unbroken: tuple[Weights, LossLog], tmp_path: Path, killed_at: int
) -> None:
    def kill(step: int, steps: int) -> None:
        if step == killed_at:
            raise KeyboardInterrupt

    saved, log = SavedRun(tmp_path / "run", "key"), LossLog()
    weights, unbroken_log = unbroken
    with pytest.raises(KeyboardInterrupt):
        tuner(SHORT).run(progress=kill, saved=saved)
    steps: list[int] = []
    resumed = tuner(SHORT).run(progress=lambda step, _: steps.append(step), log=log, saved=saved)
    assert steps[0] == (killed_at - 1) // 10 * 10 + 1
    assert all(torch.equal(weights[name], resumed[name]) for name in weights)
    assert losses(log) == losses(unbroken_log)


@pytest.mark.parametrize("steps", [1, 9, 10, 11])
def test_a_few_steps_are_taken_as_well(tuner: Tuner, log: LossLog, steps: int) -> None:
    tuner(replace(SETTINGS, steps=steps)).run(log=log)
    assert log.rows[-1]["step"] == steps


def test_accumulated_batches_take_one_step_together(tuner: Tuner) -> None:
    steps: list[int] = []
    tuner(replace(SETTINGS, steps=3, accumulate=2)).run(progress=lambda step, _: steps.append(step))
    assert steps == [1, 2, 3, 3]


def test_training_ends_where_held_out_users_gain_nothing_and_keeps_the_best_state(tuner: Tuner, log: LossLog) -> None:
    tuned = tuner(replace(SETTINGS, steps=200, rate=0.5, check_every=2, patience=3))
    tuned.run(log=log)
    found = [loss for _, loss in losses(log)]
    assert log.rows[-1]["step"] < 200
    assert min(found[-3:]) >= min(found[:-3])
    assert tuned.validation_loss() == pytest.approx(min(found), abs=1e-4)


def test_training_ends_when_its_seconds_are_spent(tuner: Tuner, log: LossLog) -> None:
    tuner(replace(SETTINGS, seconds=1e-6)).run(log=log)
    assert [row["step"] for row in log.rows] == [0, 1]


def test_weights_of_another_encoder_are_refused(checkpoint: Checkpoint, tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"has no weight encoder\.layer\.9"):
        write_changed_checkpoint(checkpoint, {"encoder.layer.9.bias": torch.zeros(1)}, tmp_path / "tuned")


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_a_gpu_that_is_not_there_is_refused_with_the_way_out() -> None:
    assert chosen_device("auto") == chosen_device("cpu") == "cpu"
    with pytest.raises(DeviceError, match=r'sees no GPU.*set device = "auto"'):
        chosen_device("cuda")
