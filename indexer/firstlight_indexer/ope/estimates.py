"""All estimates of one policy's value, each with its intervals, and how far to trust them.

Knows nothing of where the rounds come from or how they are shown.
"""

from dataclasses import dataclass

import numpy as np

from firstlight_indexer.ope.estimators import Estimator, Ratio, direct, doubly_robust, ips, snips, switch_dr
from firstlight_indexer.ope.intervals import (
    CONFIDENCE,
    RESAMPLES,
    Bounds,
    bernstein_interval,
    bootstrap_intervals,
    normal_interval,
)
from firstlight_indexer.ope.rounds import Rounds
from firstlight_indexer.ope.switch_threshold import switch_threshold


@dataclass(frozen=True)
class Estimate:
    """One value, as a mean reward a row.

    Attributes:
        estimator: how it was estimated.
        value: the estimate.
        normal: its interval by the central limit theorem.
        bootstrap: its interval by resampling units.
        bernstein: its interval that holds at any size; None for SNIPS, which is no mean.
        threshold: of Switch-DR, as a weight; None for the others.
    """

    estimator: Estimator
    value: float
    normal: Bounds
    bootstrap: Bounds
    bernstein: Bounds | None = None
    threshold: float | None = None


def evaluate_policy(
    rounds: Rounds, *, seed: int = 0, confidence: float = CONFIDENCE, resamples: int = RESAMPLES
) -> list[Estimate]:
    """Estimates the value by every estimator that the rounds allow: IPS and SNIPS, and with a reward model the rest."""
    ratios: dict[Estimator, Ratio] = {Estimator.IPS: ips(rounds), Estimator.SNIPS: snips(rounds)}
    threshold = None
    if rounds.predicted is not None:
        threshold = switch_threshold(rounds)
        ratios |= {
            Estimator.DIRECT: direct(rounds),
            Estimator.DOUBLY_ROBUST: doubly_robust(rounds),
            Estimator.SWITCH_DR: switch_dr(rounds, threshold=threshold),
        }
    drawn = bootstrap_intervals(
        list(ratios.values()), rounds.units, seed=seed, resamples=resamples, confidence=confidence
    )
    return [
        Estimate(
            estimator=estimator,
            value=ratio.value,
            normal=normal_interval(ratio, rounds.units, confidence=confidence),
            bootstrap=bounds,
            bernstein=_bernstein(estimator, ratio, rounds, threshold=threshold, confidence=confidence),
            threshold=threshold if estimator is Estimator.SWITCH_DR else None,
        )
        for (estimator, ratio), bounds in zip(ratios.items(), drawn, strict=True)
    ]


def _bernstein(
    estimator: Estimator, ratio: Ratio, rounds: Rounds, *, threshold: float | None, confidence: float
) -> Bounds | None:
    """The spread of a row takes the greatest logged weight for the greatest there can be."""
    if estimator is Estimator.SNIPS:
        return None
    widest = float(np.ptp(np.append(rounds.rewards, 0.0)))
    weight = float(rounds.weights.max())
    if estimator is Estimator.SWITCH_DR and threshold is not None:
        weight = min(weight, threshold)
    spreads = {Estimator.IPS: widest * weight, Estimator.DIRECT: widest}
    spread = spreads.get(estimator, widest * (1 + 2 * weight))
    return bernstein_interval(ratio, rounds.units, spread=spread, confidence=confidence)
