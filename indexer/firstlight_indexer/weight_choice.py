"""Chooses what the sources count, by what the target's validation users get.

A number is taken as it is. Of a grid, the weight with the highest mean NDCG@10 over the target's held-out newcomers is
taken, the smaller of two equal ones; to train alone, 0, is always tried too. With "auto" each source in turn starts at
``AUTO_WEIGHTS[0]`` of what the target has left; where that lowers the mean NDCG@10 below the best so far, it is lowered
to the next, and the source is left out where the last still hurts. Knows nothing of how a space is trained.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firstlight_indexer.transfer_settings import Weights

AUTO_WEIGHTS = (0.5, 0.25, 0.125)
"""What "auto" tries for a source, one after another, until it does not hurt."""

SourceWeights = tuple[float, ...]
"""One weight a source."""


@dataclass(frozen=True)
class Trial:
    """One training on the way to the choice.

    Attributes:
        weights: of the sources.
        quality: ``(c,)`` float64, NDCG@10 of the target's held-out cases.
    """

    weights: SourceWeights
    quality: NDArray[np.float64]

    @property
    def mean(self) -> float:
        """Over the cases; 0 where there is none."""
        return float(self.quality.mean()) if len(self.quality) else 0.0


@dataclass(frozen=True)
class WeightChoice:
    """What was tried and what was taken.

    Attributes:
        trials: in order; the first is the target alone.
        chosen: one of them.
    """

    trials: tuple[Trial, ...]
    chosen: Trial


def choose_weights(
    weights: Weights, *, sources: int, measure: Callable[[SourceWeights], NDArray[np.float64]]
) -> WeightChoice:
    """Chooses among what ``weights`` allows for so many ``sources``.

    Args:
        weights: as ``firstlight.toml`` gives them.
        sources: how many, at least one.
        measure: trains with the weights given and returns the NDCG@10 of every held-out case.
    """
    trials: dict[SourceWeights, Trial] = {}

    def tried(candidate: SourceWeights) -> Trial:
        if candidate not in trials:
            trials[candidate] = Trial(candidate, measure(candidate))
        return trials[candidate]

    alone = tried((0.0,) * sources)
    if weights == "auto":
        chosen = _lowered(alone, sources, tried)
    else:
        grid = sorted({0.0, *weights} if isinstance(weights, tuple) else {weights})
        chosen = max([tried((weight / sources,) * sources) for weight in grid], key=lambda trial: trial.mean)
    return WeightChoice(tuple(trials.values()), chosen)


def _lowered(alone: Trial, sources: int, tried: Callable[[SourceWeights], Trial]) -> Trial:
    """Adds the sources one by one, each at the first of ``AUTO_WEIGHTS`` that does not hurt."""
    best = alone
    for source in range(sources):
        for weight in AUTO_WEIGHTS:
            trial = tried(_with(best.weights, source, weight))
            if trial.mean >= best.mean:
                best = trial
                break
    return best


def _with(weights: SourceWeights, source: int, weight: float) -> SourceWeights:
    """``weights`` with ``weight`` of what the target has left for ``source``."""
    left = 1.0 - sum(weights)
    return (*weights[:source], weight * left, *weights[source + 1 :])
