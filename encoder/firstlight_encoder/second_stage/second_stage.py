"""Orders the shortlist of one newcomer. Knows nothing of indexes, filters or requests."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.confidence import best_mass, probability
from firstlight_encoder.second_stage.catalogue_side import CatalogueSide
from firstlight_encoder.second_stage.features import Candidates, describe
from firstlight_encoder.second_stage.first_stage import FirstStage
from firstlight_encoder.second_stage.known import Known
from firstlight_encoder.second_stage.mixture import SourceMixture, mixture_row
from firstlight_encoder.second_stage.shortlist import shortlist
from firstlight_encoder.second_stage.trees import Trees

FINALISTS = 32
"""How many candidates, the most probable by the mixture, the trees order: more cost time and gain next to nothing.

Trees learn from whole shortlists all the same: where users are few, the others teach them what nobody takes.
"""


class Method(StrEnum):
    """How a shortlist is ordered."""

    SPACE = "space"
    MIX = "mix"
    TREES = "trees"


def scores_by_trees(trees: Trees, shortlists: Sequence[Candidates]) -> list[NDArray[np.float32]]:
    """``(c,)`` float32 each: the finalists' by ``trees``; the others follow below them as the mixture has them."""
    orders = [candidates.by_mixture for candidates in shortlists]
    finalists = [
        candidates.matrix.take(order[:FINALISTS], axis=0) for candidates, order in zip(shortlists, orders, strict=True)
    ]
    found = np.split(trees.scores(np.concatenate(finalists)), np.cumsum([len(one) for one in finalists])[:-1])
    return [_completed(*one) for one in zip(shortlists, orders, found, strict=True)]


def _completed(candidates: Candidates, order: NDArray[np.int64], best: NDArray[np.float32]) -> NDArray[np.float32]:
    """``(c,)`` float32: ``best`` for the first of ``order``, the others below."""
    scores = np.empty(len(order), np.float32)
    scores[order[: len(best)]] = best
    others = order[len(best) :]
    if len(others):
        below = candidates.log_mixture.take(others)
        scores[others] = best.min() - 1 + (below - below[0])
    return scores


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

    def candidates(
        self,
        known: Known,
        first: FirstStage,
        found: NDArray[np.int64],
        *,
        dropped: NDArray[np.int64],
        allowed: NDArray[np.bool_] | None = None,
    ) -> Candidates:
        """The shortlist with its features.

        Args:
            known: the newcomer.
            first: what the first stage says of them.
            found: the first stage's rows, best first; at least one that is allowed and not dropped.
            dropped: ``(m,)`` int64, rows that may not be returned.
            allowed: ``(n,)`` bool, the items that may be returned; None for all.
        """
        near = self.side.near(known.recent)
        rows = shortlist(self.side, known, found, near=near)
        kept = np.ones(len(rows), np.bool_) if allowed is None else allowed.take(rows)
        place = rows.searchsorted(dropped)
        kept[place[rows.take(place, mode="clip") == dropped]] = False
        return describe(self.side, self.mixture, known, first, rows[kept], near=near)

    def describe(self, known: Known, first: FirstStage, rows: NDArray[np.int64]) -> Candidates:
        """The features of ``rows``, ``(c,)`` int64, ascending, at least one."""
        return describe(self.side, self.mixture, known, first, rows, near=self.side.near(known.recent))

    def scores(self, candidates: Candidates) -> NDArray[np.float32]:
        """``(c,)`` float32, higher is better; comparable inside one shortlist only."""
        return self.scores_of([candidates])[0]

    def scores_of(self, shortlists: Sequence[Candidates]) -> list[NDArray[np.float32]]:
        """``scores`` of several newcomers' shortlists, at least one, at less than the price of one at a time."""
        if self.method is Method.SPACE:
            return [candidates.scores for candidates in shortlists]
        if self.trees is None or self.method is Method.MIX:
            return [candidates.log_mixture for candidates in shortlists]
        return scores_by_trees(self.trees, shortlists)

    def confidence(self, known: Known, candidates: Candidates, scores: NDArray[np.float32]) -> float:
        """How probable a hit among the ten best of a shortlist is, in [0, 1]; NaN if that was never fitted.

        Args:
            known: whose shortlist it is.
            candidates: the shortlist; its mixture says how probable the ten are.
            scores: ``(c,)`` float32, of ``scores(candidates)``.
        """
        if self.curves is None:
            return math.nan
        mass = best_mass(candidates.log_mixture, by=scores)
        return float(probability(np.array(mass), self.curves[mixture_row(known)]))

    def with_prior(self, log_prior: NDArray[np.float32]) -> "SecondStage":
        """The same stage under another prior, ``(n,)`` float32."""
        return replace(self, side=self.side.with_prior(log_prior))
