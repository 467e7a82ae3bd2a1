"""A Bayesian linear model of reward: what a policy has learnt. Knows nothing of items, users or logs.

Reward r of features x is x . theta + noise. With a prior N(mu, I / l) and weights w the posterior mean is ridge
regression's: A = l I + sum w x x', theta = A^-1 (l mu + sum w r x) (Li et al. 2010, algorithm 1; Agrawal & Goyal 2013).
Only the sums are kept, so that posteriors can be merged, and forget towards the prior.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.errors import ExplorationError


@dataclass(frozen=True)
class Prior:
    """What is believed before any feedback.

    Attributes:
        mean: ``(p,)`` float64.
        precision: l > 0: as many observations of every direction as the prior counts for.

    Raises:
        ExplorationError: the precision is not positive.
    """

    mean: NDArray[np.float64]
    precision: float = 1.0

    def __post_init__(self) -> None:
        """Refuses an improper prior."""
        if not 0 < self.precision < float("inf"):
            raise ExplorationError(f"prior: precision is {self.precision}, a positive number is needed")


@dataclass(frozen=True)
class Posterior:
    """What is believed after feedback. Never changed: updates make another.

    Attributes:
        prior: what was believed before.
        gram: ``(p, p)`` float64, the sum of w x x'.
        moment: ``(p,)`` float64, the sum of w r x.
        count: the sum of w.
        fingerprint: of the features it is over.
    """

    prior: Prior
    gram: NDArray[np.float64]
    moment: NDArray[np.float64]
    count: float
    fingerprint: str

    @classmethod
    def before_feedback(cls, prior: Prior, *, fingerprint: str) -> "Posterior":
        """The prior itself."""
        width = len(prior.mean)
        return cls(prior, np.zeros((width, width)), np.zeros(width), 0.0, fingerprint)

    @property
    def dimension(self) -> int:
        """p: how many features it reads."""
        return len(self.moment)

    @cached_property
    def spread(self) -> NDArray[np.float64]:
        """``(p, p)`` float64, S with S S' = A^-1: theta + v S z with standard normal z is a draw of variance v^2."""
        precision = self.gram + self.prior.precision * np.eye(self.dimension)
        return np.asarray(np.linalg.inv(np.linalg.cholesky(precision)).T, np.float64)

    @cached_property
    def mean(self) -> NDArray[np.float64]:
        """``(p,)`` float64, theta."""
        pulled = self.moment + self.prior.precision * self.prior.mean
        mean: NDArray[np.float64] = self.spread @ (self.spread.T @ pulled)
        return mean

    def updated(
        self,
        features: NDArray[np.floating],
        rewards: NDArray[np.floating],
        propensities: NDArray[np.floating] | None = None,
        *,
        weights: NDArray[np.floating] | None = None,
        decay: float = 1.0,
        most_weight: float = 1.0,
    ) -> "Posterior":
        """The posterior after more observations, in their order; however they are split over calls.

        Args:
            features: ``(b, p)``.
            rewards: ``(b,)``.
            propensities: ``(b,)`` in (0, 1]; none weighs all alike.
            weights: ``(b,)``, what each counts besides, such as by its age; 1 without.
            decay: in (0, 1]: what every later observation leaves of an earlier one.
            most_weight: an observation counts 1 / propensity, at most this: 1, all alike, trusts the model; more
                helps where reward is not linear (balanced bandits, Dimakopoulou et al. 2019).

        Raises:
            ExplorationError: the features are not p wide, or something is out of range or not finite.
        """
        _check(features, rewards, propensities, width=self.dimension, decay=decay)
        count = len(rewards)
        ages: NDArray[np.float64] = decay ** np.arange(count - 1, -1, -1, dtype=np.float64)
        counts = ages if weights is None else ages * weights
        if propensities is not None:
            counts = counts * np.minimum(1 / propensities, most_weight)
        known, weighted = np.asarray(features, np.float64), np.asarray(features * counts[:, None], np.float64)
        left = decay**count
        return replace(
            self,
            gram=left * self.gram + weighted.T @ known,
            moment=left * self.moment + weighted.T @ rewards,
            count=left * self.count + float(counts.sum()),
        )

    def corrected(self, features: NDArray[np.floating], extra: NDArray[np.floating]) -> "Posterior":
        """The posterior had observations, learnt already, been worth more.

        Args:
            features: ``(b, p)`` of theirs.
            extra: ``(b,)``, what to add to their rewards, times what each counts.
        """
        return replace(self, moment=self.moment + np.asarray(features, np.float64).T @ extra)

    def aged(self, left: float) -> "Posterior":
        """The posterior of which only the share ``left``, in [0, 1], of what was observed is left."""
        return replace(self, gram=left * self.gram, moment=left * self.moment, count=left * self.count)

    def merged(self, others: Sequence["Posterior"]) -> "Posterior":
        """What is believed after the feedback of all of them, the prior counted once.

        Raises:
            ExplorationError: they are of other features or another prior.
        """
        for one in others:
            self.require(one.fingerprint)
            if one.prior.precision != self.prior.precision or not np.array_equal(one.prior.mean, self.prior.mean):
                raise ExplorationError("posteriors of different priors cannot be merged; learn both from one prior")
        return replace(
            self,
            gram=np.sum([self.gram, *(one.gram for one in others)], axis=0),
            moment=np.sum([self.moment, *(one.moment for one in others)], axis=0),
            count=self.count + sum(one.count for one in others),
        )

    def require(self, fingerprint: str) -> None:
        """Makes sure of the features.

        Raises:
            ExplorationError: it is over others.
        """
        if fingerprint != self.fingerprint:
            raise ExplorationError(
                f"the posterior is over features {self.fingerprint[:12]!r}, these are {fingerprint[:12]!r}; "
                "learn again from the log"
            )


def _check(
    features: NDArray[np.floating],
    rewards: NDArray[np.floating],
    propensities: NDArray[np.floating] | None,
    *,
    width: int,
    decay: float,
) -> None:
    if features.shape != (len(rewards), width) or not (np.isfinite(features).all() and np.isfinite(rewards).all()):
        raise ExplorationError(
            f"observations need finite features ({len(rewards)}, {width}) and rewards, got {features.shape}"
        )
    if propensities is not None and not ((propensities > 0) & (propensities <= 1)).all():
        raise ExplorationError("propensities must be above 0 and at most 1")
    if not 0 < decay <= 1:
        raise ExplorationError(f"decay is {decay}, above 0 and at most 1 is needed")
