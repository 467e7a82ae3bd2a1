"""Trains and measures the full model and every ablation. Knows nothing of files, configuration or consoles."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

import numpy as np

from firstlight_encoder.cases import Case
from firstlight_evaluation.ablation.ablation import Ablation, Trainer
from firstlight_evaluation.ablation.outcome import FULL, Outcome
from firstlight_evaluation.curve import curve_cases, measure_curve
from firstlight_evaluation.experiment import Experiment
from firstlight_evaluation.measurement import Measurement
from firstlight_evaluation.points import Point
from firstlight_indexer.progress import Progress, silent

Judges = Literal["validation", "test"]
"""By whom: validation users, as long as anything is still to be chosen by the outcome, or test users."""


def ablate(
    experiment: Experiment,
    ablations: Sequence[Ablation],
    *,
    seeds: Sequence[int],
    judges: Judges = "validation",
    progress: Progress = silent,
) -> Outcome:
    """Measures the full model and ``ablations`` over the cold-user curve.

    Args:
        experiment: the domain and the full model's trainer.
        ablations: what to change, one at a time.
        seeds: of the runs, at least one; the split stays.
        judges: whose cases. Every model is also tuned on the validation users, all in the same way.
        progress: told what was done.

    Raises:
        NoCasesError: if the users give nothing to judge by.
        TrainingDataError: if they give nothing to train on.
    """
    users = experiment.material.split.validation if judges == "validation" else experiment.material.split.test
    cases = curve_cases(users, labels=experiment.material.labels)
    trainers = {ablation.name: ablation.make(experiment) for ablation in ablations}
    changed = {name: trainer for name, trainer in trainers.items() if trainer is not None}
    models: dict[str, Trainer] = {FULL: experiment.trainer, **changed}
    measurements: list[Measurement] = []
    progress("ablations", 0, len(models))
    for done, (name, trainer) in enumerate(models.items(), start=1):
        measurements += _measure(name, trainer, cases, seeds)
        progress("ablations", done, len(models))
    return Outcome(
        experiment.material.name,
        measurements,
        says={ablation.name: ablation.says for ablation in ablations if ablation.name in changed},
        left_out=[name for name in trainers if name not in changed],
        facts={"judges": judges, "seeds": list(seeds), "users": len(np.unique(users.users)), **_settings(experiment)},
        notice=experiment.material.notice,
    )


def _settings(experiment: Experiment) -> dict[str, object]:
    return {"train": experiment.trainer.settings.model_dump(mode="json", exclude={"seed"})}


def _measure(
    name: str, trainer: Trainer, cases: Mapping[Point, Sequence[Case]], seeds: Sequence[int]
) -> list[Measurement]:
    return [
        replace(one, model=name, baseline=name == FULL)
        for seed in seeds
        for one in measure_curve([trainer(seed)], cases, seed=seed)
    ]
