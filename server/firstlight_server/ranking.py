"""The best rows of one snapshot for a query vector. Knows nothing of users, titles or reasons."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.second_stage.first_stage import FirstStage
from firstlight_server.selection import Selection
from firstlight_store import NO_ROW, AllowedRows, VectorIndex


@dataclass(frozen=True)
class Ranking:
    """Rows best first, and what is known of their items when it is asked for.

    Attributes:
        rows: ``(k,)`` int64, distinct item rows.
        scores: ``(k,)`` float32, never rising: inner products with the query, or what the second stage makes of them.
        catalogue: ``(n, d + 1)`` float32, the rows of all items.
        all_prior_ranks: ``(n,)`` int64, every item's place in the order of the prior, from 1.
        confidence: of a hit among the first ten, as the second stage has it; NaN where it has none.
        shortlist: ``(c,)`` int64, all rows that the second stage ordered, best first; None where it ordered none.
        shortlist_scores: ``(c,)`` float32, theirs.
    """

    rows: NDArray[np.int64]
    scores: NDArray[np.float32]
    catalogue: NDArray[np.float32]
    all_prior_ranks: NDArray[np.int64]
    confidence: float = math.nan
    shortlist: NDArray[np.int64] | None = None
    shortlist_scores: NDArray[np.float32] | None = None

    @property
    def vectors(self) -> NDArray[np.float32]:
        """``(k, d + 1)`` float32, the items' rows."""
        return self.catalogue[self.rows]

    @property
    def prior_ranks(self) -> NDArray[np.int64]:
        """``(k,)`` int64, the items' places in the order of the prior, from 1."""
        return self.all_prior_ranks[self.rows]

    @property
    def item_count(self) -> int:
        """How many items the snapshot holds."""
        return len(self.catalogue)

    @property
    def whole(self) -> "Ranking":
        """All that the second stage ordered, where that is more."""
        if self.shortlist is None or self.shortlist_scores is None or len(self.shortlist) <= len(self.rows):
            return self
        return replace(self, rows=self.shortlist, scores=self.shortlist_scores)

    def first(self, count: int) -> "Ranking":
        """The ``count`` best."""
        return replace(self, rows=self.rows[:count], scores=self.scores[:count])


def _wanted(selection: Selection) -> int:
    """How many rows to find, so that a page is full after what is dropped."""
    return selection.page_size + len(selection.dropped)


def _only(rows: NDArray[np.int64], total: int) -> AllowedRows:
    return AllowedRows.from_rows(rows, total=total)


class Ranker:
    """Ranks the items of one snapshot: by search, or by the prior alone. Safe across threads."""

    def __init__(self, *, rows: NDArray[np.float32], index: VectorIndex) -> None:
        """Takes ``rows``, ``(n, d + 1)`` float32 with the log prior last, and an index over them."""
        self.rows = np.asarray(rows)  # a plain view: a memory map costs more at every indexing
        self._index = index
        self._prior_order = np.argsort(-rows[:, -1], kind="stable")
        self._prior_ranks = np.empty(len(rows), np.int64)
        self._prior_ranks[self._prior_order] = np.arange(1, len(rows) + 1)

    def by_prior(self, selection: Selection) -> Ranking:
        """The selection's first rows in the exact order of the prior; of equal ones the lower row first."""
        allowed = selection.allowed
        order = self._prior_order if allowed is None else self._prior_order[allowed.mask[self._prior_order]]
        found = order[: selection.page_size + len(selection.dropped)]
        return self._page(found, self.rows[found, -1], selection)

    def by_query(self, first: FirstStage, selection: Selection) -> Ranking:
        """The selection's best rows by the first stage's scores."""
        return self.by_queries([(first, selection)])[0]

    def by_queries(self, asked: Sequence[tuple[FirstStage, Selection]]) -> list[Ranking]:
        """For each pair the selection's best rows by the first stage's scores; like searches are made in one."""
        rankings = [self._without_search(first, selection) for first, selection in asked]
        alike: dict[tuple[int, int], list[int]] = {}
        for place, (_, selection) in enumerate(asked):
            if rankings[place] is None:
                alike.setdefault((id(selection.allowed), _wanted(selection)), []).append(place)
        for places in alike.values():
            queries = np.stack([asked[place][0].query for place in places])
            selection = asked[places[0]][1]
            hits = self._index.search(queries, k=_wanted(selection), allowed=selection.allowed)
            for place, rows, scores in zip(places, hits.rows, hits.scores, strict=True):
                rankings[place] = self._page(rows, scores, asked[place][1])
        return [ranking for ranking in rankings if ranking is not None]

    def _without_search(self, first: FirstStage, selection: Selection) -> Ranking | None:
        """The ranking of what no single search would find; None where one does."""
        if selection.page_size == 0:
            return self.by_prior(selection)
        return self._by_lifted_query(first, selection) if len(first.lift.rows) else None

    def _by_lifted_query(self, first: FirstStage, selection: Selection) -> Ranking:
        wanted = _wanted(selection)
        found = self._beside(first, k=wanted, allowed=selection.allowed)
        scores = first.scores(found, self.rows[found])
        best = np.lexsort((found, -scores))[:wanted]
        return self._page(found[best], scores[best], selection)

    def _beside(self, first: FirstStage, *, k: int, allowed: AllowedRows | None) -> NDArray[np.int64]:
        """Distinct rows among which the ``k`` best are: of each group that gets the same lift, and of the others."""
        mask = np.ones(len(self.rows), np.bool_) if allowed is None else allowed.mask.copy()
        named = mask[first.lift.rows]
        rows, values = first.lift.rows[named], first.lift.values[named]
        mask[rows] = False
        groups = [AllowedRows(mask), *(_only(rows[values == value], len(mask)) for value in np.unique(values))]
        hits = [self._index.search(first.query[None, :], k=k, allowed=group).rows[0] for group in groups if group.count]
        found: NDArray[np.int64] = np.concatenate([np.zeros(0, np.int64), *hits])
        kept: NDArray[np.int64] = found[found != NO_ROW]
        return kept

    def _page(self, rows: NDArray[np.int64], scores: NDArray[np.float32], selection: Selection) -> Ranking:
        """The first rows that are not to be dropped; the search found enough for a full page."""
        kept = (rows != selection.dropped[:, None]).all(axis=0)  # few are dropped: cheaper than to sort both
        rows, scores = rows[kept][: selection.page_size], scores[kept][: selection.page_size]
        return self.ranking(rows, scores)

    def ranking(self, rows: NDArray[np.int64], scores: NDArray[np.float32]) -> Ranking:
        """``rows`` ``(k,)`` as they are ordered, with ``scores`` ``(k,)`` that never rise."""
        return Ranking(rows, scores, self.rows, self._prior_ranks)
