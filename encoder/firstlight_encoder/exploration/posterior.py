"""A Bayesian linear model of reward: what a policy has learnt. Knows nothing of items, users or logs.

Reward r of features x is x . theta + noise. With a prior N(mu, I / l) and weights w the posterior mean is ridge
regression's: A = l I + sum w x x', theta = A^-1 (l mu + sum w r x) (Li et al. 2010, algorithm 1; Agrawal & Goyal 2013).
Items that are remembered have a term of their own besides, b_i of prior N(0, 1 / m). Integrated out exactly (Li et al.
2010, algorithm 2, with one feature an arm; n, t, s: an item's sums of w, w r, w x) they leave

    A = l I + sum w x x' - sum_i s_i s_i' / (n_i + m),   theta = A^-1 (l mu + sum w r x - sum_i s_i t_i / (n_i + m)),
    b_i given theta ~ N((t_i - s_i . theta) / (n_i + m), 1 / (n_i + m)).

Only the sums are kept, so that posteriors can be merged, and forget towards the prior.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.errors import ExplorationError
from firstlight_encoder.exploration.belief import Belief
from firstlight_encoder.exploration.item_terms import MOST_ITEMS, ItemTerms


@dataclass(frozen=True)
class Prior:
    """What is believed before any feedback.

    Attributes:
        mean: ``(p,)`` float64.
        precision: l > 0: as many observations of every direction as the prior counts for.
        item_precision: m > 0, likewise for the term of an item; infinite: no item has any.

    Raises:
        ExplorationError: a precision is not positive.
    """

    mean: NDArray[np.float64]
    precision: float = 1.0
    item_precision: float = float("inf")

    def __post_init__(self) -> None:
        """Refuses an improper prior."""
        if not 0 < self.precision < float("inf"):
            raise ExplorationError(f"prior: precision is {self.precision}, a positive number is needed")
        if not self.item_precision > 0:
            raise ExplorationError(f"prior: item_precision is {self.item_precision}, a number above 0 is needed")

    def equals(self, other: "Prior") -> bool:
        """Whether the other believes the same."""
        alike = (self.precision, self.item_precision) == (other.precision, other.item_precision)
        return alike and np.array_equal(self.mean, other.mean)


@dataclass(frozen=True)
class Posterior:
    """What is believed after feedback. Never changed: updates make another.

    Attributes:
        prior: what was believed before.
        gram: ``(p, p)`` float64, the sum of w x x'.
        moment: ``(p,)`` float64, the sum of w r x.
        count: the sum of w.
        fingerprint: of the features it is over.
        terms: what was seen of single items, `MOST_ITEMS` at most; all of it is in the sums above too.
    """

    prior: Prior
    gram: NDArray[np.float64]
    moment: NDArray[np.float64]
    count: float
    fingerprint: str
    terms: ItemTerms

    @classmethod
    def before_feedback(cls, prior: Prior, *, fingerprint: str) -> "Posterior":
        """The prior itself."""
        width = len(prior.mean)
        return cls(prior, np.zeros((width, width)), np.zeros(width), 0.0, fingerprint, ItemTerms.none(width))

    @property
    def dimension(self) -> int:
        """p: how many features it reads."""
        return len(self.moment)

    @cached_property
    def spread(self) -> NDArray[np.float64]:
        """``(p, p)`` float64, S with S S' = A^-1: theta + v S z with standard normal z is a draw of variance v^2."""
        precision = self.gram - self._taken[0] + self.prior.precision * np.eye(self.dimension)
        return np.asarray(np.linalg.inv(np.linalg.cholesky(precision)).T, np.float64)

    @cached_property
    def mean(self) -> NDArray[np.float64]:
        """``(p,)`` float64, theta."""
        pulled = self.moment - self._taken[1] + self.prior.precision * self.prior.mean
        mean: NDArray[np.float64] = self.spread @ (self.spread.T @ pulled)
        return mean

    def believed(self, features: NDArray[np.floating], items: Sequence[str] = ()) -> Belief:
        """What is believed of the rewards of ``features`` ``(n, p)`` float64.

        Args:
            features: of each.
            items: whose each is, ``""`` for those without a term of their own; none: nobody has one.
        """
        if not items or self.prior.item_precision == np.inf:
            return Belief(features @ self.mean, features @ self.spread, np.zeros(len(features)))
        named = [one for one, item in enumerate(items) if item]
        places = self.terms.places([items[one] for one in named])
        held = places >= 0
        known, places = np.array(named, np.int64)[held], places[held]
        left, own, divisors = np.array(features, np.float64), np.zeros(len(items)), np.full(len(items), np.inf)
        divisors[named] = self.prior.item_precision
        divisors[known] += self.terms.counts[places]
        left[known] -= self.terms.sums[places] / divisors[known, None]
        own[known] = self.terms.moments[places] / divisors[known]
        return Belief(left @ self.mean + own, left @ self.spread, divisors**-0.5)

    @cached_property
    def liked(self) -> tuple[str, ...]:
        """Remembered items that brought any reward, the best on average, shrunk towards 0, first."""
        means = self.terms.moments / (self.terms.counts + self.prior.item_precision)
        best: list[int] = np.argsort(-means, kind="stable")[: np.count_nonzero(means > 0)].tolist()
        return tuple(self.terms.ids[one] for one in best)

    def updated(
        self,
        features: NDArray[np.floating],
        rewards: NDArray[np.floating],
        propensities: NDArray[np.floating] | None = None,
        *,
        items: Sequence[str] = (),
        weights: NDArray[np.floating] | None = None,
        most_weight: float = 1.0,
    ) -> "Posterior":
        """The posterior after more observations, however they are split over calls.

        Args:
            features: ``(b, p)``.
            rewards: ``(b,)``.
            propensities: ``(b,)`` in (0, 1]; none weighs all alike.
            items: ``b`` ids of items that are to be remembered, ``""`` for others; none: nobody is.
            weights: ``(b,)``, what each counts besides, such as by its age; 1 without.
            most_weight: an observation counts 1 / propensity, at most this: 1, all alike, trusts the model; more
                helps where reward is not linear (balanced bandits, Dimakopoulou et al. 2019).

        Raises:
            ExplorationError: the features are not p wide, or something is out of range or not finite.
        """
        _check(features, rewards, propensities, width=self.dimension)
        counts = np.ones(len(rewards)) if weights is None else np.asarray(weights, np.float64)
        if propensities is not None:
            counts = counts * np.minimum(1 / propensities, most_weight)
        known, weighted = np.asarray(features, np.float64), np.asarray(features * counts[:, None], np.float64)
        remembers = bool(items) and self.prior.item_precision < np.inf
        return replace(
            self,
            gram=self.gram + weighted.T @ known,
            moment=self.moment + weighted.T @ rewards,
            count=self.count + float(counts.sum()),
            terms=self.terms.observed(items, known, rewards, counts) if remembers else self.terms,
        )._bounded()

    def corrected(
        self, features: NDArray[np.floating], extra: NDArray[np.floating], *, items: Sequence[str] = ()
    ) -> "Posterior":
        """The posterior had observations, learnt already, been worth more.

        Args:
            features: ``(b, p)`` of theirs.
            extra: ``(b,)``, what to add to their rewards, times what each counts.
            items: as they were learnt with.
        """
        moment = self.moment + np.asarray(features, np.float64).T @ extra
        return replace(self, moment=moment, terms=self.terms.corrected(items, extra) if items else self.terms)

    def aged(self, left: float) -> "Posterior":
        """The posterior of which only the share ``left``, in [0, 1], of what was observed is left."""
        return replace(
            self,
            gram=left * self.gram,
            moment=left * self.moment,
            count=left * self.count,
            terms=self.terms.aged(left),
        )

    def merged(self, others: Sequence["Posterior"]) -> "Posterior":
        """What is believed after the feedback of all of them, the prior counted once.

        Raises:
            ExplorationError: they are of other features or another prior.
        """
        terms = self.terms
        for one in others:
            self.require(one.fingerprint)
            if not one.prior.equals(self.prior):
                raise ExplorationError("posteriors of different priors cannot be merged; learn both from one prior")
            terms = terms.merged(one.terms)
        return replace(
            self,
            gram=np.sum([self.gram, *(one.gram for one in others)], axis=0),
            moment=np.sum([self.moment, *(one.moment for one in others)], axis=0),
            count=self.count + sum(one.count for one in others),
            terms=terms,
        )._bounded()

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

    @cached_property
    def _taken(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        return self.terms.taken(self.prior.item_precision)

    def _bounded(self) -> "Posterior":
        """Without the items beyond `MOST_ITEMS`, whose terms are integrated out for good: the rest stays as it is."""
        if len(self.terms) <= MOST_ITEMS:
            return self
        kept, forgotten = self.terms.split(MOST_ITEMS)
        gram, moment = forgotten.taken(self.prior.item_precision)
        return replace(self, gram=self.gram - gram, moment=self.moment - moment, terms=kept)


def _check(
    features: NDArray[np.floating],
    rewards: NDArray[np.floating],
    propensities: NDArray[np.floating] | None,
    *,
    width: int,
) -> None:
    if features.shape != (len(rewards), width) or not (np.isfinite(features).all() and np.isfinite(rewards).all()):
        raise ExplorationError(
            f"observations need finite features ({len(rewards)}, {width}) and rewards, got {features.shape}"
        )
    if propensities is not None and not ((propensities > 0) & (propensities <= 1)).all():
        raise ExplorationError("propensities must be above 0 and at most 1")
