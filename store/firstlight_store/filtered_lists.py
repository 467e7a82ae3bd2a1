"""Which inverted lists to probe when only some rows may be returned, and how many.

A filter often asks for a corner that the query does not point at (toys, of somebody who bought cereal). The lists
nearest to the query then hold little that is allowed, and what is allowed all lies about equally far, so the best of it
hides in many lists. Hence a list is judged by its allowed rows alone. What its most popular one is *expected* to score
is the mean direction's similarity plus the highest log p allowed; what it may *hope* for is more, the more widely the
list spreads. Of the k lists that expect most, each has a row of about that score, so the k-th best row scores no less:
a list whose hope is lower holds none of the k best. Where priors tell the allowed rows apart few lists are left, and
where these are all alike, such as the rare ones, many are.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from firstlight_store.listed_rows import LeftInLists
from firstlight_store.vector_index import NO_ROW

_HOPE: Final = 2.25
"""Deviations of the similarity of a row that leaves its list's mean in a random direction."""
_LEAST: Final = 1.5
_MOST: Final = 8
"""Times the lists probed without a filter."""
_JUDGED_FIRST: Final = 256
"""Lists of the highest log p, which mostly settle it: to judge all 4,096 of a million items is a third of a search."""


@dataclass(frozen=True)
class ChosenLists:
    """The lists to probe for each query."""

    lists: NDArray[np.int64]
    """(b, p) int64, the most hopeful first, padded with -1."""
    effort: NDArray[np.float64]
    """(b,) float64, from 1: how many times the fewest that are ever probed there are."""


@dataclass(frozen=True)
class ListsWanted:
    """What a search asks of the choice."""

    k: int
    """Rows to find."""
    probes: int
    """Lists that are probed for so many where there is no filter."""
    row_count: int
    """Allowed rows that the lists must hold together, unless all hold fewer."""

    @property
    def least(self) -> int:
        """The fewest lists to probe."""
        return math.ceil(_LEAST * self.probes)

    @property
    def most(self) -> int:
        """The most, where these hold `row_count` rows."""
        return max(_MOST * self.probes, self.k)


class FilteredLists:
    """Judges the lists of one index, by their mean directions and spreads."""

    def __init__(self, vectors: NDArray[np.float32]) -> None:
        """Take the lists' vectors (lists, d + 1) float32."""
        self._directions = vectors[:, :-1]
        norms = np.linalg.norm(self._directions, axis=1)
        variances = np.maximum(0.0, 1.0 - norms**2) / self._directions.shape[1]
        self._hopes = np.asarray(_HOPE * np.sqrt(variances), dtype=np.float32)
        self._farthest = float((norms + self._hopes).max())

    def choose(self, queries: NDArray[np.float32], left: LeftInLists, wanted: ListsWanted) -> ChosenLists:
        """Return, for every query (b, d + 1) float32, the lists that may hold one of its k best rows, within bounds."""
        few = left.first(max(_JUDGED_FIRST, wanted.most))
        lists, reached = self._judge(queries, few, wanted)
        if len(few.lists) < len(left.lists):
            short = (lists != NO_ROW).sum(axis=1) == len(few.lists)
            unsettled = np.flatnonzero(self._may_hope(queries, left.best[len(few.lists)], reached) | short)
            if unsettled.size:
                lists = _replaced(lists, unsettled, self._judge(queries[unsettled], left, wanted)[0])
        efforts = (lists != NO_ROW).sum(axis=1) / wanted.least
        return ChosenLists(np.ascontiguousarray(lists), np.maximum(1.0, efforts))

    def _judge(
        self, queries: NDArray[np.float32], left: LeftInLists, wanted: ListsWanted
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return which of these lists to probe, (b, p) padded with -1, and what the k-th best row reaches, (b, 1)."""
        expected, hopes = self._scores(queries, left)
        order = _largest_first(hopes, wanted.most)
        if order.shape[1] < len(left.lists) and int(left.counts[order].sum(axis=1).min()) < wanted.row_count:
            order = _largest_first(hopes, len(left.lists))
        query, within = np.arange(len(queries))[:, None], order[:, : wanted.most]
        reached = _kth_largest(expected[query, within], wanted.k)
        counts = left.counts[order]
        chosen = counts.cumsum(axis=1) - counts < wanted.row_count
        chosen[:, : wanted.least] = True
        chosen[:, : wanted.most] |= hopes[query, within] >= reached
        lists = np.where(chosen, left.lists[order], NO_ROW)
        return lists[:, : chosen.sum(axis=1).max()], reached

    def _scores(
        self, queries: NDArray[np.float32], left: LeftInLists
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return what every list expects and what it hopes for, each (b, f) float32."""
        directions, priors = queries[:, :-1], queries[:, -1:]
        if 2 * len(left.lists) < len(self._directions):
            similarities = directions @ self._directions[left.lists].T
        else:  # To copy so many takes longer than to multiply by all.
            similarities = (directions @ self._directions.T).take(left.lists, axis=1)
        expected = np.asarray(similarities + priors * left.best, dtype=np.float32)
        return expected, np.asarray(expected + _lengths(directions) * self._hopes[left.lists], dtype=np.float32)

    def _may_hope(
        self, queries: NDArray[np.float32], best: np.float32, reached: NDArray[np.float32]
    ) -> NDArray[np.bool_]:
        """Return (b,) bool: whether lists of no higher log p than `best` may hope for what is `reached` (b, 1)."""
        priors = queries[:, -1:]
        hope = priors * best + self._farthest * _lengths(queries[:, :-1])
        return ((hope >= reached) | (priors < 0))[:, 0]


def _lengths(directions: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(np.linalg.norm(directions, axis=1, keepdims=True), dtype=np.float32)


def _replaced(lists: NDArray[np.int64], places: NDArray[np.intp], others: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return `lists` (b, p) with `others` (m, q) at the rows `places` (m,), as wide as the wider."""
    wide = np.full((len(lists), max(lists.shape[1], others.shape[1])), NO_ROW, dtype=np.int64)
    wide[:, : lists.shape[1]] = lists
    wide[places] = NO_ROW
    wide[places, : others.shape[1]] = others
    return wide


def _largest_first(scores: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    """Return the columns (b, at most count) of the largest scores of each row, the largest first."""
    if count >= scores.shape[1]:
        return np.argsort(-scores, axis=1, kind="stable")
    query = np.arange(len(scores))[:, None]
    largest = np.argpartition(scores, -count, axis=1)[:, -count:]
    return largest[query, np.argsort(-scores[query, largest], axis=1, kind="stable")]


def _kth_largest(scores: NDArray[np.float32], k: int) -> NDArray[np.float32]:
    """Return the k-th largest score of each row, (b, 1); -inf where there are fewer."""
    if scores.shape[1] < k:
        return np.full((len(scores), 1), -np.inf, dtype=np.float32)
    return np.partition(scores, -k, axis=1)[:, -k, None]
