"""A whole evaluation: tune the baselines, train the model once a seed, measure all of them on the test users.

The split stays the same under every seed; a seed changes the model's training and how ties fall. Knows nothing of
files, configuration or consoles.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.cases import Case
from firstlight_evaluation.contender import Contender
from firstlight_evaluation.curve import curve_cases, measure_curve, steps
from firstlight_evaluation.exchange.peer import Peer
from firstlight_evaluation.lineup import fit_baselines, recipes
from firstlight_evaluation.material import Material
from firstlight_evaluation.measurement import Measurement
from firstlight_evaluation.points import Point
from firstlight_evaluation.reliability import ConfidentScorer, ReliabilityRow, reliability_rows
from firstlight_evaluation.report.summary import Summary
from firstlight_evaluation.yardstick import Yardstick
from firstlight_indexer.progress import Progress, silent


def evaluate(
    material: Material,
    *,
    train: Callable[[int], Contender],
    seeds: Sequence[int],
    peers: Sequence[Peer] = (),
    held_out: NDArray[np.bool_] | None = None,
    progress: Progress = silent,
) -> Summary:
    """Measures the model and every baseline over the cold-user curve.

    Args:
        material: the domain.
        train: makes the model under test from a seed; it must not look at the test users.
        seeds: of the runs, at least one.
        peers: further baselines, whose lists were made elsewhere for these very cases.
        held_out: ``(items,)`` bool, the items of a designed experiment, judged apart from the others.
        progress: is told what was done.

    Raises:
        NoCasesError: if the validation or the test users give nothing to judge by.
        ScorerOutputError: if the model's scores cannot be ranked.
    """
    cases = curve_cases(material.split.test, labels=material.labels)
    yardstick = Yardstick.of(material, held_out=held_out)
    baselines = _baselines(material, seed=seeds[0], progress=progress)
    measurements: list[Measurement] = []
    models: list[Contender] = []
    promises: list[ReliabilityRow] = []
    for run, seed in enumerate(seeds):
        model = train(seed)
        models.append(model)
        promises += _promises(model, cases, seed=seed)
        rivals = [*baselines, *(peer.contender(run) for peer in peers)]
        measurements += _measure([model, *rivals], cases, yardstick, seed=seed, progress=progress)
    taking_part = [models[0], *baselines, *(peer.contender(0) for peer in peers)]
    facts = {"seeds": list(seeds), **_facts(material, taking_part), "reliability": [asdict(row) for row in promises]}
    return Summary(material.name, measurements, facts=facts, notice=material.notice, promises=promises)


def _promises(model: Contender, cases: Mapping[Point, Sequence[Case]], *, seed: int) -> list[ReliabilityRow]:
    """How sure ``model`` is and how often it is right, where it says so at all."""
    return reliability_rows(model.scorer, cases, seed=seed) if isinstance(model.scorer, ConfidentScorer) else []


def _baselines(material: Material, *, seed: int, progress: Progress) -> list[Contender]:
    made = recipes(material)
    fitted: list[Contender] = []
    progress("tuning baselines", 0, len(made))
    for contender in fit_baselines(material, made, seed=seed):
        fitted.append(contender)
        progress("tuning baselines", len(fitted), len(made))
    return fitted


def _measure(
    contenders: Sequence[Contender],
    cases: Mapping[Point, Sequence[Case]],
    yardstick: Yardstick,
    *,
    seed: int,
    progress: Progress,
) -> list[Measurement]:
    stage = f"measuring, seed {seed}"
    total = steps(contenders, cases)
    return measure_curve(
        contenders, cases, seed=seed, yardstick=yardstick, measured=lambda done: progress(stage, done, total)
    )


def _facts(material: Material, contenders: Sequence[Contender]) -> dict[str, object]:
    split = material.split
    parts = {"train": split.train, "validation": split.validation, "test": split.test}
    return {
        "items": split.train.item_count,
        "users": {name: len(np.unique(part.users)) for name, part in parts.items()},
        "events": {name: len(part) for name, part in parts.items()},
        "settings": {contender.name: dict(contender.settings) for contender in contenders},
    }
