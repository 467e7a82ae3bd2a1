"""Chooses how far declarations move the prior, and the tower beside it, on users who trained nothing.

Of the pairs of odds and factor the best by NDCG of the top ten; then the largest odds that are not clearly worse, for
people who say what they want expect to see it. Once for those who only declare, once for those with events as well,
whose tower keeps its scale. Knows nothing of gradients.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.calibration import BUCKETS
from firstlight_encoder.case_tokens import case_tokens
from firstlight_encoder.cases import Case
from firstlight_encoder.label_shares import LabelShares, lift
from firstlight_encoder.parameters import Floats
from firstlight_encoder.prior import PriorTimeline
from firstlight_encoder.ranking_quality import best_first, best_ndcg
from firstlight_encoder.space import DECLARED_ODDS, Space
from firstlight_encoder.training.case_scores import AT_ONCE, tower_scores
from firstlight_encoder.training.one_standard_error import as_good_as_best

ODDS = (0.003, 0.01, 0.02, 0.05, 0.1, 0.3, 1.0)
"""What is chosen from, ascending."""

FACTORS = (0.25, 0.5, 1.0, 2.0)
"""Multipliers of the tower's part where nothing but declarations is known."""

SHORTLIST = 100
"""Items kept of a ranking, before those known are left out."""

_DECLARED_ONLY = BUCKETS // 2


def tune_declarations(
    space: Space,
    cases: Sequence[Case],
    *,
    shares: LabelShares,
    item_vectors: Floats,
    label_vectors: Floats,
    prior: PriorTimeline,
) -> Space:
    """``space`` with the odds of its declarations, and the scale of a tower that only declarations feed, chosen.

    Args:
        space: a calibrated space.
        cases: of held-out users; those that declare nothing are left aside.
        shares: the labels that cases declare, beside the tables of ``prior``.
        item_vectors: ``(n, d)`` float32 unit rows.
        label_vectors: ``(m, d)`` float32 unit rows.
        prior: of which each case is judged with the table of its moment.
    """
    judge = _Judge(space, shares, item_vectors, label_vectors, prior)
    odds = np.full(BUCKETS, ODDS[0], np.float32)
    scale = space.tower_parameters["log_scale"].copy()
    only = [case for case in cases if case.declared and not len(case.history)]
    beside = [case for case in cases if case.declared and len(case.history)]
    if only:
        odds[_DECLARED_ONLY], factor = judge.best(only, FACTORS)
        scale[_DECLARED_ONLY] += np.float32(np.log(factor))
        odds[_DECLARED_ONLY + 1 :] = odds[_DECLARED_ONLY]
    if beside:
        odds[_DECLARED_ONLY + 1 :], _ = judge.best(beside, (1.0,))
    tower = {**space.tower_parameters, "log_scale": scale, DECLARED_ODDS: odds}
    return space.with_tower(tower)


class _Judge:
    """Ranks cases under every pair of odds and factor."""

    def __init__(
        self, space: Space, shares: LabelShares, item_vectors: Floats, label_vectors: Floats, prior: PriorTimeline
    ) -> None:
        self._space, self._items, self._names, self._prior = space, item_vectors, label_vectors, prior
        self._shares = shares

    def best(self, cases: Sequence[Case], factors: Sequence[float]) -> tuple[float, float]:
        """The largest odds as good as the best, with their best factor."""
        parts = (cases[start : start + AT_ONCE] for start in range(0, len(cases), AT_ONCE))
        quality = np.concatenate([self._qualities(part, factors) for part in parts])
        _, owners = np.unique([case.user for case in cases], return_inverse=True)
        factor_of = quality.mean(0).argmax(0)
        by_odds = quality[:, factor_of, np.arange(len(ODDS))]
        chosen = int(np.flatnonzero(as_good_as_best(by_odds, np.ones(len(cases)), owners))[-1])
        return ODDS[chosen], factors[int(factor_of[chosen])]

    def _qualities(self, cases: Sequence[Case], factors: Sequence[float]) -> NDArray[np.float64]:
        """NDCG of every case, ``(c, factors, odds)``."""
        tokens = [case_tokens(case, item_vectors=self._items, label_vectors=self._names) for case in cases]
        interests = self._space.interests(tokens)
        parts = zip(cases, tower_scores(interests, self._items), interests[:, 0, -1], strict=True)
        return np.stack([self._by_choice(case, tower, weight, factors) for case, tower, weight in parts])

    def _by_choice(
        self, case: Case, tower: Floats, weight: np.float32, factors: Sequence[float]
    ) -> NDArray[np.float64]:
        """NDCG of one case, ``(factors, odds)``, whose ``tower`` ``(n,)`` stands beside ``weight`` times the prior."""
        moment = int(self._prior.at(np.array([case.time_h]))[0])
        prior = weight * self._prior.tables[moment]
        named = self._shares.lifted(case.said, moment=moment)
        count = SHORTLIST + len(case.history)
        rows = np.unique(np.concatenate(list(_shortlists(tower, prior, named.rows, factors, count))))
        lifted = np.isin(named.rows, rows)
        at = np.searchsorted(rows, named.rows[lifted])
        tries = np.array(factors, np.float32)[:, None, None] * tower[rows] + prior[rows]
        scores = np.repeat(tries, len(ODDS), axis=1)
        scores[..., at] += weight * np.stack(
            [lift(named.evidence[lifted], named.against[lifted], odds=o) for o in ODDS]
        )
        found = best_ndcg(scores.reshape(-1, len(rows)), rows=rows, history=case.history, targets=case.targets)
        return found.reshape(len(factors), len(ODDS))


def _shortlists(
    tower: Floats, prior: Floats, named: NDArray[np.int64], factors: Sequence[float], count: int
) -> Iterator[NDArray[np.int64]]:
    """The best of all items and the best of the named ones, under the first and the last factor."""
    for factor in {factors[0], factors[-1]}:
        scores = np.float32(factor) * tower + prior
        yield best_first(scores, count=count)
        if len(named):
            yield named[best_first(scores[named], count=count)]
