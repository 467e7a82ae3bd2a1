"""Trains and measures the full model and every ablation. Knows nothing of files, configuration or consoles."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import Literal

import numpy as np

from firstlight_encoder.cases import Case
from firstlight_encoder.interactions import Interactions
from firstlight_encoder.split import some_users
from firstlight_evaluation.ablation.ablation import Ablation, Trainer
from firstlight_evaluation.ablation.full_model import FullModel
from firstlight_evaluation.ablation.outcome import FULL, Outcome
from firstlight_evaluation.curve import curve_cases, measure_curve
from firstlight_evaluation.experiment import Experiment
from firstlight_evaluation.measurement import Measurement
from firstlight_evaluation.points import Point
from firstlight_indexer.progress import Progress, silent

Judges = Literal["validation", "test"]
"""By whom: test users, or the validation users, who also tune the first stage and teach the ranker."""


def ablate(
    experiment: Experiment,
    ablations: Sequence[Ablation],
    *,
    seeds: Sequence[int],
    judges: Judges = "test",
    most_users: int | None = None,
    progress: Progress = silent,
) -> Outcome:
    """Measures the full model and ``ablations`` over the cold-user curve.

    Args:
        experiment: the domain and the full model's trainer.
        ablations: what to change, one at a time, all of one stage; changes of the first are measured without a second.
        seeds: of the runs, at least one; the split stays.
        judges: whose cases. Nothing is tuned on test users; a choice by what they show would be.
        most_users: how many of the judges count, drawn with the first seed; None for all.
        progress: told what was done.

    Raises:
        NoCasesError: if the users give nothing to judge by.
        TrainingDataError: if they give nothing to train on.
    """
    users = _judging(experiment, judges, most=most_users, seed=seeds[0])
    stage = ablations[0].stage
    full = FullModel(replace(experiment, trainer=replace(experiment.trainer, alone=stage == "first")))
    trainers = {ablation.name: ablation.make(full) for ablation in ablations}
    changed = {name: trainer for name, trainer in trainers.items() if trainer is not None}
    run = _Run(curve_cases(users, labels=experiment.material.labels), progress)
    run.measure(full, changed, seeds=seeds)
    return Outcome(
        experiment.material.name,
        stage,
        run.measurements,
        says={ablation.name: ablation.says for ablation in ablations if ablation.name in changed},
        ranked=run.ranked,
        left_out=[name for name in trainers if name not in changed],
        facts={"judges": judges, "seeds": list(seeds), "users": len(np.unique(users.users)), **run.facts(experiment)},
        notice=experiment.material.notice,
    )


@dataclass(frozen=True)
class _Run:
    """The cases that all models are judged on, and what came of those that were."""

    cases: Mapping[Point, Sequence[Case]]
    progress: Progress
    measurements: list[Measurement] = field(default_factory=list[Measurement])
    ranked: dict[str, str] = field(default_factory=dict[str, str])
    seconds: dict[str, float] = field(default_factory=dict[str, float])

    def measure(self, full: FullModel, changed: Mapping[str, Trainer], *, seeds: Sequence[int]) -> None:
        """Seed by seed: models of one seed share the first stage where only the second is changed."""
        models: dict[str, Trainer] = {FULL: full, **changed}
        runs = [(name, trainer, seed) for seed in seeds for name, trainer in models.items()]
        self.progress("the full model", 0, 1)
        self._measure(*runs[0])
        self.progress("the full model", 1, 1)
        minutes = (len(runs) - 1) * (self.seconds[FULL] - full.shared_seconds) / 60
        stage = f"ablations, {minutes:.0f} min"
        self.progress(stage, 0, len(runs) - 1)
        for done, run in enumerate(runs[1:], start=1):
            self._measure(*run)
            self.progress(stage, done, len(runs) - 1)

    def facts(self, experiment: Experiment) -> dict[str, object]:
        """How the full model was trained, and how long each model took, its judging included."""
        train = experiment.trainer.settings.model_dump(mode="json", exclude={"seed"})
        return {"seconds": self.seconds, "train": train}

    def _measure(self, name: str, trainer: Trainer, seed: int) -> None:
        begun = monotonic()
        contender = trainer(seed)
        self.ranked.setdefault(name, str(contender.settings.get("ranker", "")))
        found = measure_curve([contender], self.cases, seed=seed)
        self.measurements.extend(replace(one, model=name, baseline=name == FULL) for one in found)
        self.seconds[name] = round(self.seconds.get(name, 0.0) + monotonic() - begun, 1)


def _judging(experiment: Experiment, judges: Judges, *, most: int | None, seed: int) -> Interactions:
    """The events of at most ``most`` users of the kind ``judges``."""
    split = experiment.material.split
    users = split.validation if judges == "validation" else split.test
    return users if most is None else some_users(users, most, seed=seed)
