"""Puts shortlists in order. Knows nothing of indexes, filters or requests."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.confidence import CUT, best_mass, probability
from firstlight_encoder.second_stage.candidates import Candidates, described
from firstlight_encoder.second_stage.catalogue_side import CatalogueSide
from firstlight_encoder.second_stage.descending import descending
from firstlight_encoder.second_stage.features import LIKENESS, features
from firstlight_encoder.second_stage.first_stage import FirstStage
from firstlight_encoder.second_stage.known import Known
from firstlight_encoder.second_stage.lists import Lists
from firstlight_encoder.second_stage.mixture import SourceMixture, mixture_row
from firstlight_encoder.second_stage.parts import Parts, likeness_of_parts, ranks_of_parts, weigh_parts
from firstlight_encoder.second_stage.seeker import Seeker
from firstlight_encoder.second_stage.shortlist import shortlists
from firstlight_encoder.second_stage.trees import Trees
from firstlight_encoder.second_stage.weighed import Column, Weighed, weigh

FINALISTS = 32
"""How many candidates, the most probable by the mixture, the trees order: more cost time and gain next to nothing.

Trees learn from whole shortlists all the same: where users are few, the others teach them what nobody takes.
"""


class Method(StrEnum):
    """How a shortlist is ordered."""

    SPACE = "space"
    MIX = "mix"
    TREES = "trees"


@dataclass(frozen=True)
class Ordered:
    """One newcomer's shortlist, best first.

    Attributes:
        rows: ``(c,)`` int64 catalogue rows.
        scores: ``(c,)`` float32, never rising; comparable inside one shortlist only.
        confidence: how probable a hit among the first ten is, in [0, 1]; NaN if that was never fitted.
    """

    rows: NDArray[np.int64]
    scores: Column
    confidence: float


def with_finalists(log_mixture: Column, lists: Lists, places: NDArray[np.int64], best: Column) -> Column:
    """``(c,)`` float32: the finalists' scores, and below them the others as the mixture has them.

    Args:
        log_mixture: ``(c,)`` float32, of all candidates.
        lists: whose they are.
        places: ``(p,)`` int64 of the finalists, of ``finalists``.
        best: ``(p,)`` float32, their scores.
    """
    others = np.ones(len(log_mixture), np.bool_)
    others[places] = False
    own = Lists(np.minimum(lists.lengths, FINALISTS))
    lowest = -own.highest(-best)
    # The first of the others lies 1 below the last of the finalists.
    level = np.full(len(lists.lengths), -np.inf, np.float32)
    np.maximum.at(level, lists.owners[others], log_mixture[others])
    scores = np.empty(len(log_mixture), np.float32)
    scores[places] = best
    scores[others] = log_mixture[others] + (lowest - 1 - level)[lists.owners[others]]
    return scores


def finalists(log_mixture: Column, lists: Lists) -> NDArray[np.int64]:
    """``(p,)`` int64: the places of each list's ``FINALISTS`` most probable, one list's after another's."""
    order = descending(lists.padded(log_mixture, -np.inf))[:, :FINALISTS]
    places: NDArray[np.int64] = np.arange(int(order.shape[1]))
    return (order + lists.starts[:, None])[places < lists.lengths[:, None]]


@dataclass(frozen=True, kw_only=True)
class SecondStage:
    """Safe across threads.

    Attributes:
        side: the catalogue.
        mixture: of the sources.
        trees: None where ``method`` is not TREES.
        method: how shortlists are ordered; SPACE leaves the first stage's order as it is.
        curves: ``(BUCKETS, 2)`` float32, of how sure an order is; None where that was never fitted.
    """

    side: CatalogueSide
    mixture: SourceMixture
    trees: Trees | None
    method: Method
    curves: NDArray[np.float32] | None = None

    def ordered(self, seekers: Sequence[Seeker]) -> list[Ordered]:
        """The shortlist of each, at least one; several at once cost less than one after another."""
        weighed = self._weighed(seekers)
        scores = self._scores(weighed)
        lines = weighed.lists.padded(scores, -np.inf)
        order = descending(lines)
        sure = self._confidences(weighed, order[:, :CUT])
        return [
            Ordered(weighed.rows[own][line[: own.stop - own.start]], scores[own][line[: own.stop - own.start]], one)
            for own, line, one in zip(weighed.lists.slices, order, sure, strict=True)
        ]

    def candidates(self, seekers: Sequence[Seeker]) -> list[Candidates]:
        """The shortlist of each, at least one, with all that a ranker may learn from."""
        return described(self._weighed(seekers))

    def weigh(self, known: Known, first: FirstStage, rows: NDArray[np.int64]) -> Weighed:
        """What the sources think of ``rows``, ``(c,)`` int64, ascending, at least one."""
        return weigh(self.side, self.mixture, [(known, first)], [rows], self.side.near([known.recent]))

    def partial_scores(
        self, parts: Parts, shortlist: NDArray[np.int64], places: NDArray[np.int64], *, finalists: NDArray[np.bool_]
    ) -> NDArray[np.float32]:
        """``(s, k)`` float32: the scores of some of a shortlist were only each of the parts known.

        They are those of ``ordered``, but for a constant that all have who are no finalists, and but that sources weigh
        as they do for the whole.

        Args:
            parts: of what was known.
            shortlist: ``(c,)`` int64 rows, ascending.
            places: ``(k,)`` int64, of the wanted ones in it.
            finalists: ``(k,)`` bool, which of these the trees had ordered.
        """
        best = places[finalists] if self.method is Method.TREES else places[:0]
        weighed = weigh_parts(self.side, self.mixture, parts, shortlist, closely=best)
        scores = (weighed.scores if self.method is Method.SPACE else weighed.log_mixture).reshape(len(parts), -1)
        found = scores.take(places, axis=1)
        if self.trees is not None and len(best):
            wanted = weighed.lists.starts[:, None] + best
            likeness = likeness_of_parts(self.side, parts, shortlist[best]).reshape(len(LIKENESS), -1)
            ranked = ranks_of_parts(weighed, parts, best).reshape(-1, wanted.size)
            matrix = features(weighed, wanted.reshape(-1), likeness=likeness, ranked=ranked)
            found[:, finalists] = self.trees.scores(matrix).reshape(wanted.shape)
        return found

    def with_prior(self, log_prior: NDArray[np.float32]) -> "SecondStage":
        """The same stage under another prior, ``(n,)`` float32."""
        return replace(self, side=self.side.with_prior(log_prior))

    def _weighed(self, seekers: Sequence[Seeker]) -> Weighed:
        near = self.side.near([seeker.known.recent for seeker in seekers])
        asked = [(seeker.known, seeker.first) for seeker in seekers]
        return weigh(self.side, self.mixture, asked, shortlists(self.side, seekers, near), near)

    def _scores(self, weighed: Weighed) -> Column:
        if self.method is Method.SPACE:
            return weighed.scores
        if self.trees is None or self.method is Method.MIX:
            return weighed.log_mixture
        places = finalists(weighed.log_mixture, weighed.lists)
        best = self.trees.scores(features(weighed, places))
        return with_finalists(weighed.log_mixture, weighed.lists, places, best)

    def _confidences(self, weighed: Weighed, ten: NDArray[np.int64]) -> list[float]:
        """How probable a hit among each newcomer's best, at ``ten`` ``(b, CUT)``, is by the mixture."""
        if self.curves is None:
            return [math.nan] * len(weighed.known)
        logs = np.take_along_axis(weighed.lists.padded(weighed.log_mixture, -np.inf), ten, axis=1)
        curves = self.curves.take([mixture_row(known) for known in weighed.known], axis=0)
        sure: list[float] = probability(best_mass(logs), curves).tolist()
        return sure
