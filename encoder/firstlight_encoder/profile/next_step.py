"""How probable it is what a user does next, pooled from what they did, what follows that and what goes with it.

Over anything that has a code: categories, brands, types of events. Each source is a distribution; its logarithm,
against what is common, is weighed with a weight that moves with how much is known, and the sum is a softmax's
(logarithmic opinion pool: Genest and Zidek, 1986; fitted as a conditional logit: McFadden, 1974). Knows nothing of what
the codes stand for.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

SOURCES = ("ever", "baskets", "last", "follows", "then", "kin", "alike")
"""What the user did: of all events, of all baskets with the late ones first, and last; what follows that for others,
after all of it and after the last event; its kin; what those take who take the same."""

FEATURES = (*SOURCES, "common", "times", "seen")
"""What is weighed: the sources, what is common, in how many baskets a code was, and whether it was at all."""

_PLAIN = {"common": (1.0, 0.0), "ever": (0.5, 0.15)}
START = np.array([_PLAIN.get(name, (0.0, 0.0)) for name in FEATURES]).T
"""``(2, len(FEATURES))``: what is common, and the more is known, what the user did. Weights are fitted from here."""

FOLLOWERS = 32
"""How many codes that follow each are kept."""

SMOOTHED = 0.2
"""Added to every source, times what is common, so that none says never."""

BASKET_GAP_H = 0.5
"""Events that lie further apart are of two baskets."""

HALF_BASKETS = 5.0
"""After so many later baskets one counts half."""

HALF_EVENTS = 5.0
"""After so many later events, what followed one counts half."""

MOST_EVENTS = 200
"""The latest events that are read."""

_MANY = 3.0
"""Weights are those at this logarithm of events, and move with it."""


@dataclass(frozen=True, eq=False)
class NextModel:
    """Fitted to the users of one snapshot; ``c`` codes.

    Attributes:
        common: ``(c,)`` float64, a distribution: how often each comes at all; none is 0.
        kin: ``(c,)`` int64: equal numbers, from 0 on, for codes that are alike, as categories of one parent are.
        followers: ``(c, f)`` int32: the codes that follow most, -1 for none.
        follow: ``(c, f)`` float32: how probable they are, each line summing to 1 or 0.
        tastes: ``(c, k)`` float32, orthonormal columns: codes that the same users take lie in one direction.
        rarity: ``(c,)`` float64, positive: what a code says of its user, more where fewer take it.
        weights: ``(2, len(FEATURES))`` float64: of every feature, and how it moves with the logarithm of events known.
    """

    common: NDArray[np.float64]
    kin: NDArray[np.int64]
    followers: NDArray[np.int32]
    follow: NDArray[np.float32]
    tastes: NDArray[np.float32]
    rarity: NDArray[np.float64]
    weights: NDArray[np.float64]

    def probabilities(self, codes: NDArray[np.int64], gaps_h: NDArray[np.floating]) -> NDArray[np.float64]:
        """``(c,)`` float64 summing to 1: of the code of the next event.

        Args:
            codes: ``(n,)`` int64, of the events so far, oldest first.
            gaps_h: ``(n,)``, hours before now; all 0 where there are no times.
        """
        if not len(codes):
            return self.common
        scores = (self.weights[0] + known(len(codes)) * self.weights[1]) @ self.features(codes, gaps_h)
        raised = np.exp(scores - scores.max())
        likely: NDArray[np.float64] = raised / raised.sum()
        return likely

    def features(self, codes: NDArray[np.int64], gaps_h: NDArray[np.floating]) -> NDArray[np.float64]:
        """``(len(FEATURES), c)`` float64, of at least one event."""
        codes, gaps_h = codes[-MOST_EVENTS:], gaps_h[-MOST_EVENTS:]
        read = np.zeros((len(FEATURES), len(self.common)))
        counts = np.bincount(codes, minlength=len(self.common)).astype(np.float64)
        read[0] = counts
        in_baskets, ages = _baskets(codes, gaps_h)
        np.add.at(read[1], in_baskets, np.exp2(-ages / HALF_BASKETS))
        read[2, codes[-1]] = 1
        self._add_following(read[3], codes, np.exp2(-np.arange(len(codes))[::-1] / HALF_EVENTS))
        self._add_following(read[4], codes[-1:], np.ones(1))
        read[5] = self._of_kin(counts)
        read[6] = self._alike(counts)
        own = read[: len(SOURCES)]
        own /= own.sum(1, keepdims=True).clip(1e-12)
        np.log(own / self.common + SMOOTHED, out=own)
        read[7] = self._log_common
        read[8] = np.log1p(np.bincount(in_baskets, minlength=len(counts)))
        read[9] = counts > 0
        return read

    def _add_following(self, line: NDArray[np.float64], codes: NDArray[np.int64], worth: NDArray[np.float64]) -> None:
        told = self.followers[codes] >= 0
        np.add.at(line, self.followers[codes][told], (worth[:, None] * self.follow[codes])[told])

    def _of_kin(self, counts: NDArray[np.float64]) -> NDArray[np.float64]:
        """What the user's kinds of kin hold, filled by what is common in them."""
        return np.bincount(self.kin, weights=counts).astype(np.float64)[self.kin] * self._share_of_kin

    def _alike(self, counts: NDArray[np.float64]) -> NDArray[np.float64]:
        """What goes with all of it: the nearest point among tastes (PureSVD: Cremonesi, Koren and Turrin, 2010)."""
        near = self.tastes @ (taken(counts, self.rarity).astype(np.float32) @ self.tastes)
        return near.clip(0).astype(np.float64) / self.rarity

    @cached_property
    def _log_common(self) -> NDArray[np.float64]:
        return np.log(self.common)

    @cached_property
    def _share_of_kin(self) -> NDArray[np.float64]:
        """``(c,)``: how common each is among its kin."""
        among = np.bincount(self.kin, weights=self.common)
        return self.common / among.astype(np.float64)[self.kin]


def known(count: int) -> float:
    """What weights move with, for a user with so many events."""
    return float(np.log1p(min(count, MOST_EVENTS)) - _MANY)


def taken(counts: NDArray[np.float64], rarity: NDArray[np.float64]) -> NDArray[np.float64]:
    """``(..., c)``: users as tastes read them; ``counts`` ``(..., c)`` of their events."""
    roots = np.sqrt(counts)
    unit: NDArray[np.float64] = roots / np.sqrt(counts.sum(-1, keepdims=True)).clip(1e-9)
    return unit * rarity


def _baskets(codes: NDArray[np.int64], gaps_h: NDArray[np.floating]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The distinct codes of each basket, and how many baskets came after it; without times each event is a basket."""
    apart = np.diff(gaps_h) < -BASKET_GAP_H if gaps_h.any() else np.ones(len(codes) - 1, np.bool_)
    ages = np.concatenate([[0], np.cumsum(apart[::-1])])[::-1]
    width = int(codes.max()) + 1
    pairs = np.unique(ages * width + codes)
    return pairs % width, pairs // width
