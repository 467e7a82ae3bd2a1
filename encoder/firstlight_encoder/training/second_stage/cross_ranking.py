"""Cases ranked by trees that learned from other users: what a ranker's own users can honestly say of it.

Knows nothing of how cases are drawn or of what is made of the scores.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.second_stage.features import FEATURES
from firstlight_encoder.second_stage.lists import Lists
from firstlight_encoder.second_stage.second_stage import Method, finalists, with_finalists
from firstlight_encoder.second_stage.trees import Trees
from firstlight_encoder.training.second_stage.described_cases import DescribedCase
from firstlight_encoder.training.second_stage.tree_fit import Shortlists, fit_trees

ENOUGH_LISTS = 10_000
"""Shortlists beyond which trees learn from the heads of them alone: the rest tells them what enough others do."""

_AT_ONCE = 64

HEAD = 64
"""How many candidates, the most probable by the mixture, are a shortlist's head."""


@dataclass(frozen=True)
class CrossRanked:
    """One case.

    Attributes:
        case: with its shortlist.
        by_trees: ``(c,)`` float32, scores by trees of the other half of the users; None where there are none.
    """

    case: DescribedCase
    by_trees: NDArray[np.float32] | None

    def scores(self, method: Method) -> NDArray[np.float32]:
        """``(c,)`` float32, higher is better; by trees only where there are any."""
        if method is Method.TREES and self.by_trees is not None:
            return self.by_trees
        return self.case.candidates.scores if method is Method.SPACE else self.case.candidates.log_mixture


def cross_ranked(described: Sequence[DescribedCase], *, seed: int, unread: Collection[str] = ()) -> list[CrossRanked]:
    """The cases of one half of the users with scores by trees that learned from the other half.

    Args:
        described: the cases.
        seed: of the halves and of the trees.
        unread: names of features that the trees do not look at.
    """
    owners = np.array([one.of.owner for one in described])
    teachers = np.array([one.hits.any() for one in described])
    is_first = np.isin(owners, owners[teachers][half_of_users(owners[teachers], seed=seed)])
    found: list[NDArray[np.float32] | None] = [None] * len(described)
    for learn, check in ((is_first, ~is_first), (~is_first, is_first)):
        taught = [described[place] for place in np.flatnonzero(learn).tolist()]
        if any(one.hits.any() for one in taught):
            trees = fit_trees(shortlists(taught, unread=unread), seed=seed)
            places: list[int] = np.flatnonzero(check).tolist()
            for place, scores in zip(places, _by_trees(trees, [described[place] for place in places]), strict=True):
                found[place] = scores
    return [CrossRanked(one, scores) for one, scores in zip(described, found, strict=True)]


def _by_trees(trees: Trees, described: Sequence[DescribedCase]) -> Iterator[NDArray[np.float32]]:
    """The scores of each case's shortlist as a server would have them."""
    for start in range(0, len(described), _AT_ONCE):
        part = [one.candidates for one in described[start : start + _AT_ONCE]]
        lists, log_mixture = Lists.of([one.rows for one in part]), np.concatenate([one.log_mixture for one in part])
        places = finalists(log_mixture, lists)
        best = trees.scores(np.concatenate([one.matrix for one in part]).take(places, axis=0))
        scores = with_finalists(log_mixture, lists, places, best)
        yield from (scores[own] for own in lists.slices)


def shortlists(described: Sequence[DescribedCase], *, unread: Collection[str] = ()) -> Shortlists:
    """Those that hold a hit, end to end; trees have nothing to split by in a column that is the same everywhere.

    Args:
        described: cases, at least one of them with a hit.
        unread: names of features that the trees do not look at.
    """
    telling = [one for one in described if one.hits.any()]
    heads = [_head(one) if len(telling) > ENOUGH_LISTS else slice(None) for one in telling]
    matrix = np.concatenate([one.candidates.matrix[head] for one, head in zip(telling, heads, strict=True)])
    matrix[:, [FEATURES.index(name) for name in unread]] = 0
    hits = [one.hits[head] for one, head in zip(telling, heads, strict=True)]
    return Shortlists(matrix, np.concatenate(hits), np.array([len(part) for part in hits], np.int64))


def _head(one: DescribedCase) -> NDArray[np.int64]:
    """The places of the candidates at the head of a shortlist, ascending."""
    return np.sort(one.candidates.by_mixture[:HEAD])


def half_of_users(owners: NDArray[np.int64], *, seed: int) -> NDArray[np.bool_]:
    """``(s,)`` bool: whether each of ``owners`` ``(s,)`` is in a random half of the distinct ones.

    Drawn among those that are there: a draw over all user numbers can repeat the one that chose them, and put all of
    them into one half.
    """
    users = np.unique(owners)
    chosen = np.random.default_rng((seed, 1)).permutation(users)[: len(users) // 2]
    return np.isin(owners, chosen)
