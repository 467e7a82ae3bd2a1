"""How often the estimators' intervals cover a known truth, and how far their values are off.

Knows nothing of files or tables.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from firstlight_evaluation.off_policy.known_world import KnownWorld
from firstlight_indexer.ope import Estimate, evaluate_policy, overlap

LOGGING_SHARPNESS = 0.5
TARGETS: Mapping[str, float] = MappingProxyType({"uniform": 0.0, "softmax": 1.5, "greedy": np.inf})
_RESAMPLES = 200


@dataclass(frozen=True)
class Coverage:
    """One estimator of one policy over many logs of one size.

    Attributes:
        policy: what was estimated.
        rows: of every log.
        estimator: how.
        truth: the policy's value.
        bias: mean of estimate minus truth.
        error: root of the mean squared error.
        covered: interval -> share of logs in which it held the truth; 0.95 is promised.
        warned: share of logs with a warning about overlap.
        effective_rows: mean over logs.
    """

    policy: str
    rows: int
    estimator: str
    truth: float
    bias: float
    error: float
    covered: Mapping[str, float]
    warned: float
    effective_rows: float


def measure_coverage(*, sizes: Sequence[int], logs: int, items: int = 20, seed: int = 0) -> list[Coverage]:
    """Draws ``logs`` logs of each size for each policy and estimates from each."""
    world = KnownWorld.drawn(items=items, seed=seed)
    return [
        row
        for name, sharpness in TARGETS.items()
        for rows in sizes
        for row in _measure(world, name, sharpness, rows=rows, logs=logs)
    ]


def _measure(world: KnownWorld, name: str, sharpness: float, *, rows: int, logs: int) -> list[Coverage]:
    truth = world.value(sharpness=sharpness)
    runs = [world.logged(rows, by=LOGGING_SHARPNESS, target=sharpness, seed=log) for log in range(logs)]
    lies = [overlap(run) for run in runs]
    estimated = [evaluate_policy(run, seed=log, resamples=_RESAMPLES) for log, run in enumerate(runs)]
    by_estimator = zip(*estimated, strict=True)
    return [
        Coverage(
            policy=name,
            rows=rows,
            estimator=estimates[0].estimator,
            truth=truth,
            bias=float(np.mean([one.value for one in estimates])) - truth,
            error=float(np.sqrt(np.mean([(one.value - truth) ** 2 for one in estimates]))),
            covered=_covered(estimates, truth),
            warned=float(np.mean([bool(lie.warnings) for lie in lies])),
            effective_rows=float(np.mean([lie.effective_rows for lie in lies])),
        )
        for estimates in by_estimator
    ]


def _covered(estimates: Sequence[Estimate], truth: float) -> dict[str, float]:
    bounds = {
        "normal": [one.normal for one in estimates],
        "bootstrap": [one.bootstrap for one in estimates],
        "Bernstein": [one.bernstein for one in estimates if one.bernstein is not None],
    }
    return {name: float(np.mean([one.covers(truth) for one in ones])) for name, ones in bounds.items() if ones}
