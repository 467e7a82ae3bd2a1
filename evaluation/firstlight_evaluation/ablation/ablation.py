"""One named change of the model. Knows nothing of what it is worth."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from firstlight_encoder.training.scoring import TextTable
from firstlight_encoder.training.train_settings import TrainSettings
from firstlight_evaluation.contender import Contender
from firstlight_evaluation.experiment import Experiment

Trainer = Callable[[int], Contender]
"""Makes a model from a seed, never looking at the test users."""


@dataclass(frozen=True)
class Ablation:
    """The full model with one thing changed.

    Attributes:
        name: in every report.
        says: what is changed, in a sentence.
        make: the trainer of the changed model, or None where the change would change nothing in the experiment.
    """

    name: str
    says: str
    make: Callable[[Experiment], Trainer | None]


def training(**changed: Any) -> Callable[[Experiment], Trainer | None]:
    """Trains with other ``TrainSettings``."""
    return lambda experiment: _changed(experiment, lambda settings: replace(settings, **changed))


def tower(**changed: Any) -> Callable[[Experiment], Trainer | None]:
    """Trains with other ``TowerSettings``."""
    return lambda experiment: _changed(
        experiment, lambda settings: replace(settings, tower=replace(settings.tower, **changed))
    )


def frozen_encoder(experiment: Experiment) -> Trainer | None:
    """Trains on the text vectors from before the encoder was fine-tuned; None where it was not."""
    target, raw = experiment.trainer.target, experiment.material.item_vectors
    _, first = np.unique(target.texts.item_rows, return_index=True)
    frozen = TextTable(raw[first], target.texts.item_rows, experiment.material.label_vectors)
    if np.array_equal(frozen.vectors, target.texts.vectors):
        return None
    return replace(experiment.trainer, target=replace(target, texts=frozen))


def _changed(experiment: Experiment, change: Callable[[TrainSettings], TrainSettings]) -> Trainer | None:
    full = experiment.trainer
    settings = full.change(full.settings.settings())
    if change(settings) == settings:
        return None

    def changed(given: TrainSettings) -> TrainSettings:
        return change(full.change(given))

    return replace(full, change=changed)
