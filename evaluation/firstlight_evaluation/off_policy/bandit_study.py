"""What each policy of the Open Bandit Dataset would have earned, estimated from the other one's log of the same days.

The truth it is held against is the policy's own click rate, which is itself a mean over 10,000 rows.
Knows nothing of files or tables.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firstlight_evaluation.off_policy.open_bandit import BanditLog, LoggingPolicy
from firstlight_indexer.ope import (
    Estimate,
    Overlap,
    Ratio,
    Rounds,
    cross_fitted,
    evaluate_policy,
    normal_interval,
    overlap,
)

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Comparison:
    """One policy estimated from the other's log.

    Attributes:
        campaign: of the dataset.
        logged_by: whose log.
        policy: what is estimated, and where its chances are from.
        own_rate: the click rate in the policy's own log.
        own_error: half of its 95 % interval.
        estimates: from the other log.
        overlap: of that log and the policy.
    """

    campaign: str
    logged_by: str
    policy: str
    own_rate: float
    own_error: float
    estimates: tuple[Estimate, ...]
    overlap: Overlap


def compare(campaign: str, logs: Mapping[LoggingPolicy, BanditLog], *, priors: Floats | None) -> Iterator[Comparison]:
    """Every comparison of a campaign.

    Args:
        campaign: its name.
        logs: of both policies.
        priors: ``(items, places)``, chances of Thompson sampling under the shop's first posteriors, if known.
    """
    random, thompson = logs[LoggingPolicy.RANDOM], logs[LoggingPolicy.THOMPSON]
    chances = {"bts, as often as it showed each item": thompson.shown_shares()}
    if priors is not None:
        chances["bts, under the shop's first posteriors"] = priors
    for name, shares in chances.items():
        yield _comparison(campaign, random, thompson, shares, names=(LoggingPolicy.RANDOM, name))
    uniform = np.full(thompson.shape, 1 / thompson.item_count)
    yield _comparison(campaign, thompson, random, uniform, names=(LoggingPolicy.THOMPSON, "random"))


def bandit_rounds(log: BanditLog, shares: Floats) -> Rounds:
    """A log's rows for a policy that shows items as ``shares`` ``(items, places)`` says, with a cross-fitted model."""
    units = np.arange(len(log.items))
    predicted, expected = np.empty(len(units)), np.empty(len(units))
    for rows, model in cross_fitted(log.items, log.places, log.clicks, units=units, shape=log.shape):
        predicted[rows] = model.predict(log.items[rows], log.places[rows])
        expected[rows] = (shares * model.table()).sum(axis=0)[log.places[rows]]
    return Rounds(log.clicks, log.propensities, shares[log.items, log.places], units, predicted, expected)


def _comparison(campaign: str, log: BanditLog, own: BanditLog, shares: Floats, *, names: tuple[str, str]) -> Comparison:
    rounds = bandit_rounds(log, shares)
    rate = Ratio(own.clicks, np.ones_like(own.clicks))
    return Comparison(
        campaign=campaign,
        logged_by=names[0],
        policy=names[1],
        own_rate=rate.value,
        own_error=normal_interval(rate, np.arange(len(own.clicks))).high - rate.value,
        estimates=tuple(evaluate_policy(rounds)),
        overlap=overlap(rounds),
    )
