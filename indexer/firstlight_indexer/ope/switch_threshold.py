"""The threshold of Switch-DR, chosen by the data. Knows nothing of intervals."""

import numpy as np

from firstlight_indexer.ope.estimators import switch_dr
from firstlight_indexer.ope.rounds import Floats, Rounds

_TRIED = (*np.linspace(0, 1, 21), 0.99, 0.995, 0.999, 0.9999)


def switch_threshold(rounds: Rounds) -> float:
    """The weight above which the reward model is trusted instead.

    The rule of Wang, Agarwal and Dudik (2017, section 4.2): the least estimated variance plus squared bound of the
    bias. The bias is at most R times the policy's mass on large weights, E over pi of [w > threshold], which the log
    estimates by those rows' share of all weight; R bounds mean rewards, and is taken for the greatest that the reward
    model gives.
    Thresholds tried: quantiles of the weights, from all of the model (DM) to none (DR).
    """
    weights = rounds.weights
    tried = np.quantile(weights, _TRIED)
    greatest = max(float(np.abs(side).max()) for side in (rounds.predicted, rounds.expected) if side is not None)
    return float(min([0.0, *tried], key=lambda threshold: _error_bound(rounds, float(threshold), greatest, weights)))


def _error_bound(rounds: Rounds, threshold: float, greatest: float, weights: Floats) -> float:
    rows = switch_dr(rounds, threshold=threshold).above
    left_out = float(weights[weights > threshold].sum() / max(weights.sum(), 1e-300))
    return float(rows.var()) / len(rows) + (greatest * left_out) ** 2
