"""One named change of the model. Knows nothing of what it is worth."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from firstlight_encoder.training.scoring import TextTable
from firstlight_encoder.training.train_settings import TrainSettings
from firstlight_evaluation.ablation.full_model import FullModel
from firstlight_evaluation.contender import Contender

Trainer = Callable[[int], Contender]
"""Makes a model from a seed, never looking at the test users."""

Stage = Literal["first", "second"]

Make = Callable[[FullModel], Trainer | None]
"""Makes the trainer of a changed model, or None where the change would change nothing in the experiment."""


@dataclass(frozen=True)
class Ablation:
    """The full model with one thing changed.

    Attributes:
        name: in every report.
        says: what is changed, in a sentence.
        make: of the full model, the trainer of the changed one.
        stage: the first stage that it changes anything of.
    """

    name: str
    says: str
    make: Make
    stage: Stage = "first"


def training(**changed: Any) -> Make:
    """Trains with other ``TrainSettings``."""
    return lambda full: _changed(full, lambda settings: replace(settings, **changed))


def tower(**changed: Any) -> Make:
    """Trains with other ``TowerSettings``."""
    return lambda full: _changed(full, lambda settings: replace(settings, tower=replace(settings.tower, **changed)))


def frozen_encoder(full: FullModel) -> Trainer | None:
    """Trains on the text vectors from before the encoder was fine-tuned; None where it was not."""
    experiment = full.experiment
    target, raw = experiment.trainer.target, experiment.material.item_vectors
    _, first = np.unique(target.texts.item_rows, return_index=True)
    frozen = TextTable(raw[first], target.texts.item_rows, experiment.material.label_vectors)
    if np.array_equal(frozen.vectors, target.texts.vectors):
        return None
    return replace(experiment.trainer, target=replace(target, texts=frozen))


def _changed(full: FullModel, change: Callable[[TrainSettings], TrainSettings]) -> Trainer | None:
    trainer = full.experiment.trainer
    settings = trainer.change(trainer.settings.settings())
    if change(settings) == settings:
        return None

    def changed(given: TrainSettings) -> TrainSettings:
        return change(trainer.change(given))

    return replace(trainer, change=changed)
