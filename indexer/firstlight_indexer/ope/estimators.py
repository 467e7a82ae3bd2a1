"""The estimators: each turns rounds into a ratio of two sums over rows, which is the policy's value.

w = pi(a|x) / p is a row's weight, r its reward, q a reward model, v = sum over a of pi(a|x) q(x, a).

IPS and DR: Dudik, Langford and Li (2011), "Doubly robust policy evaluation and learning". SNIPS: Swaminathan and
Joachims (2015), "The self-normalized estimator for counterfactual learning". Switch-DR: Wang, Agarwal and Dudik (2017),
"Optimal and adaptive off-policy evaluation in contextual bandits". Knows nothing of intervals.
"""

from enum import StrEnum
from typing import NamedTuple

import numpy as np

from firstlight_indexer.errors import FeedbackError
from firstlight_indexer.ope.rounds import Floats, Rounds


class Estimator(StrEnum):
    """How a value is estimated."""

    IPS = "IPS"
    SNIPS = "SNIPS"
    DIRECT = "DM"
    DOUBLY_ROBUST = "DR"
    SWITCH_DR = "Switch-DR"


class Ratio(NamedTuple):
    """A value as the sum of ``above`` over the sum of ``below``, both ``(n,)`` float64, one a row."""

    above: Floats
    below: Floats

    @property
    def value(self) -> float:
        """The estimate; 0 where no row counts at all."""
        total = float(self.below.sum())
        return float(self.above.sum()) / total if total else 0.0


def ips(rounds: Rounds) -> Ratio:
    """Mean of w r. Unbiased where the log could show all that the policy would; its variance grows with w."""
    return _mean(rounds.weights * rounds.rewards)


def snips(rounds: Rounds) -> Ratio:
    """Sum of w r over the sum of w: a little biased, steadier than IPS, and shifted by as much as rewards are."""
    return Ratio(rounds.weights * rounds.rewards, rounds.weights)


def direct(rounds: Rounds) -> Ratio:
    """Mean of v: what the reward model says, and as wrong as it is."""
    return _mean(_model(rounds)[1])


def doubly_robust(rounds: Rounds) -> Ratio:
    """Mean of v + w (r - q): unbiased as IPS is, and the steadier the better the model."""
    return switch_dr(rounds, threshold=np.inf)


def switch_dr(rounds: Rounds, *, threshold: float) -> Ratio:
    """Mean of v + w (r - q) [w <= threshold]: trusts the model where a weight is too large."""
    predicted, expected = _model(rounds)
    trusted = np.where(rounds.weights <= threshold, rounds.weights, 0.0)
    return _mean(expected + trusted * (rounds.rewards - predicted))


def _mean(rows: Floats) -> Ratio:
    return Ratio(rows, np.ones_like(rows))


def _model(rounds: Rounds) -> tuple[Floats, Floats]:
    if rounds.predicted is None or rounds.expected is None:
        raise FeedbackError("these rounds have no reward model: DM, DR and Switch-DR need `predicted` and `expected`")
    return rounds.predicted, rounds.expected
