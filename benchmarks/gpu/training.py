"""Steps a second of both stages of training, on each device, and whether the devices learn the same.

Knows nothing of files.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from benchmarks.gpu.made_shop import MadeShop
from benchmarks.gpu.step_clock import WARM_UP, StepClock
from benchmarks.measure import Row, WrongAnswerError, summarise
from firstlight_encoder.checkpoint import Checkpoint
from firstlight_encoder.device import CPU, DeviceChoice
from firstlight_encoder.prior import Counting, PriorTimeline
from firstlight_encoder.torch_encoder import TorchTextEncoder
from firstlight_encoder.training.loss_log import LossLog
from firstlight_encoder.training.mixture import Mixture
from firstlight_encoder.training.scoring import TextTable
from firstlight_encoder.training.stage_b.fine_tune_settings import FineTuneSettings
from firstlight_encoder.training.stage_b.fine_tuner import FineTuner
from firstlight_encoder.training.stage_b.item_tokens import ItemTokens
from firstlight_encoder.training.train_settings import TrainSettings
from firstlight_encoder.training.trainer import StageA
from firstlight_encoder.training.training_domain import TrainingDomain

STEPS_ON_CPU, STEPS = WARM_UP + 5, WARM_UP + 60
MAX_DIFFERENCE = 0.02
"""Relative, between the devices' validation losses after the same few steps."""

DEVICES: Mapping[str, DeviceChoice] = {"cpu": "cpu", "cuda": "cuda"}

Train = Callable[[DeviceChoice, int, StepClock], float]
"""Trains on a device for some steps, heard by a clock, and returns the validation loss."""


def measure_stage_a(checkpoint: Checkpoint, shop: MadeShop, devices: Sequence[str]) -> list[Row]:
    """Steps a second of adaptor and tower.

    Raises:
        WrongAnswerError: the devices do not learn the same.
    """
    encoder = TorchTextEncoder(checkpoint, device=devices[-1])
    vectors, labels = encoder.encode(shop.texts), encoder.encode(shop.labels.prompts)
    prior = PriorTimeline.of(shop.split.train, (), counting=Counting())
    texts = TextTable(vectors, np.arange(len(shop.texts)), labels)
    domain = TrainingDomain(name="made", split=shop.split, labels=shop.labels, texts=texts, prior=prior)

    def train(device: DeviceChoice, steps: int, clock: StepClock) -> float:
        log, settings = LossLog(), TrainSettings(steps=steps, check_every=steps, device=device)
        StageA(Mixture.only(domain), settings).train(progress=clock, log=log)
        return log.rows[-1]["validation made"]

    return _measured("stage A (adaptor and tower)", train, devices)


def measure_stage_b(checkpoint: Checkpoint, shop: MadeShop, devices: Sequence[str]) -> list[Row]:
    """Steps a second of the text encoder's fine-tuning.

    Raises:
        WrongAnswerError: the devices do not learn the same.
    """
    tokens = ItemTokens.of(shop.texts, checkpoint)

    def train(device: DeviceChoice, steps: int, clock: StepClock) -> float:
        log, settings = LossLog(), FineTuneSettings(steps=steps, check_every=steps, device=device)
        FineTuner(checkpoint, shop.split, tokens, replace(settings, batch=64)).run(progress=clock, log=log)
        return log.rows[-1]["validation loss"]

    return _measured("stage B (text encoder, 64 pairs)", train, devices)


def _measured(name: str, train: Train, devices: Sequence[str]) -> list[Row]:
    """Speed on the last device beside the first, and the difference of what they learn in as many steps."""
    losses: list[float] = []
    clocks = [StepClock() for _ in devices]
    for device, clock in zip(devices, clocks, strict=True):
        losses.append(train(DEVICES[device], STEPS_ON_CPU, clock if device == CPU else StepClock()))
        if device != CPU:
            train(DEVICES[device], STEPS, clock)
    difference = abs(losses[-1] - losses[0]) / losses[0]
    if not difference <= MAX_DIFFERENCE:
        raise WrongAnswerError(f"{name}: validation losses {losses} on {devices} differ by {difference:.1%}")
    rates = [clock.steps_a_second for clock in clocks]
    rows = [summarise(f"{name}, {devices[-1]}", rates[-1:], unit="steps/s", baselines=rates[:-1] or None)]
    if len(devices) > 1:
        rows.append(summarise(f"{name}: relative difference of the loss", [difference], unit="share"))
    return rows
