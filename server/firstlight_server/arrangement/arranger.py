"""Makes a page out of a ranking by a request's rules. Knows nothing of how the ranking came about."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from firstlight_server.answer import Notice, WarningCode
from firstlight_server.arrangement.boosts import boosted, discounted
from firstlight_server.arrangement.calibration import Calibration, CategoryMix
from firstlight_server.arrangement.caps import Cap, Caps
from firstlight_server.arrangement.category_mix import mix_of_events
from firstlight_server.arrangement.page import Objective, Page, Values
from firstlight_server.arrangement.pins import Pinned, settled
from firstlight_server.arrangement.pool import DEEP_POOL, Pool, pool_size
from firstlight_server.arrangement.rules import Reranking
from firstlight_server.evidence import Evidence
from firstlight_server.question import Question
from firstlight_server.ranking import Ranking
from firstlight_server.selection import Selection, Selector
from firstlight_store import ItemTable

MixOf = Callable[[Evidence, ItemTable], CategoryMix]
"""Tells the mix of categories that a user's page should have."""

RankedDeeper = Callable[[int], Ranking]
"""Ranks so many of a question's best."""


@dataclass(frozen=True)
class Arranged:
    """A page.

    Attributes:
        ranking: the items in their places, with the scores that they were ranked by.
        scores: the items' scores with all that rules add, ``(k,)`` float64; they never rise.
        moves: for each item, how far each rule that applies moved its score.
        notices: what could not be done.
    """

    ranking: Ranking
    scores: Values
    moves: Sequence[Mapping[str, float]]
    notices: tuple[Notice, ...] = ()


def as_ranked(ranking: Ranking) -> Arranged:
    """The page that no rule touches."""
    return Arranged(ranking, ranking.scores.astype(np.float64), [dict[str, float]()] * len(ranking.rows))


class Arranger:
    """Arranges pages of one snapshot's items. Safe across threads."""

    def __init__(self, items: ItemTable, selector: Selector, *, mix_of: MixOf = mix_of_events) -> None:
        self._items, self._selector, self._mix_of = items, selector, mix_of

    def pool(self, rules: Reranking, selection: Selection) -> Selection:
        """The selection to rank, so that there is a choice; the same where nothing is to be arranged."""
        if not rules.arranges or not selection.page_size:
            return selection
        return replace(selection, page_size=min(selection.admitted, pool_size(selection.page_size)))

    def arranged(self, question: Question, ranking: Ranking, *, ranked_deeper: RankedDeeper) -> Arranged:
        """The page of ``question`` out of the ranking of its pool."""
        query, selection = question.newcomer.query, question.selection
        page_size = min(query.scope.page_size, selection.admitted)
        if not query.reranking.arranges or not page_size:
            return as_ranked(ranking)
        found = self._filled(question, Pool(ranking, page_size))
        deeper = len(found.scores) < page_size and self._may_fill(query.reranking, page_size)
        if deeper and ranking.whole is not ranking:
            found = self._filled(question, Pool(ranking.whole, page_size))
        if deeper and len(found.scores) < page_size and len(ranking.rows) < selection.admitted:
            found = self._filled(question, Pool(ranked_deeper(min(selection.admitted, DEEP_POOL)), page_size))
        for index, boost in enumerate(query.reranking.boosts):
            odd = self._selector.unknown_values(boost.filter, f"reranking.boosts[{index}].filter")
            found = replace(found, notices=(*found.notices, *odd))
        if len(found.scores) < page_size:
            short = _too_narrow(len(found.scores), page_size, query.reranking)
            return replace(found, notices=(*found.notices, short))
        return found

    def _may_fill(self, rules: Reranking, page_size: int) -> bool:
        """Whether there are enough kinds of items in the catalogue for a full page under the caps."""
        pairs = (
            (rules.max_per_category, self._items.category_count),
            (rules.max_per_brand, self._items.brand_count),
        )
        return all(most is None or count is None or most * count >= page_size for most, count in pairs)

    def _filled(self, question: Question, pool: Pool) -> Arranged:
        query = question.newcomer.query
        pinned = settled(
            query.reranking.pins, items=self._items, selection=question.selection, page_size=pool.page_size
        )
        missing = [row for row in pinned.rows.values() if row not in pool.ranking.rows]
        if missing:
            pool = pool.with_rows(np.array(missing, np.int64))
        page = Page(pool, self._objective(question, pool), self._caps(query.reranking, pool))
        _fill(page, {place: _place(row, pool) for place, row in pinned.rows.items()}, size=pool.page_size)
        return _arranged(page, pool, pinned)

    def _objective(self, question: Question, pool: Pool) -> Objective:
        query = question.newcomer.query
        rules, moved = query.reranking, dict[str, Values]()
        if rules.boosts:
            moved["boost"] = boosted(rules.boosts, pool, self._selector)
        if rules.impression_discount and query.untouched:
            moved["impression_discount"] = discounted(rules.impression_discount, query.untouched, pool, self._items)
        mix = self._mix_of(question.newcomer.evidence, self._items) if rules.calibration else None
        if not mix:
            return Objective(moved=moved, diversity=rules.diversity)
        rows = pool.ranking.rows
        categories = [self._items.category(row) for row in rows.tolist()]
        calibration = Calibration(mix, categories, self._items.category_kinds(rows), page_size=pool.page_size)
        return Objective(moved=moved, diversity=rules.diversity, calibration=rules.calibration, mix=calibration)

    def _caps(self, rules: Reranking, pool: Pool) -> Caps:
        rows, found = pool.ranking.rows, list[Cap]()
        if rules.max_per_category is not None:
            found.append(Cap("max_per_category", rules.max_per_category, self._items.category_kinds(rows)))
        if rules.max_per_brand is not None:
            found.append(Cap("max_per_brand", rules.max_per_brand, self._items.brand_kinds(rows)))
        return Caps(found, count=len(rows))


def _place(row: int, pool: Pool) -> int:
    return int(np.flatnonzero(pool.ranking.rows == row)[0])


def _fill(page: Page, pinned: Mapping[int, int], *, size: int) -> None:
    """Fills ``size`` places, those of ``pinned`` with the candidates that they name; stops where nobody is left."""
    for candidate in pinned.values():
        page.reserve(candidate)
    for place in range(size):
        if place in pinned:
            page.put(pinned[place])
        elif not page.choose():
            break
    for place in sorted(place for place in pinned if place >= len(page.taken)):
        page.put(pinned[place])  # moved up, for there is nothing to put before it


def _arranged(page: Page, pool: Pool, pinned: Pinned) -> Arranged:
    taken = np.array(page.taken, np.int64)
    ranking = replace(pool.ranking, rows=pool.ranking.rows[taken], scores=pool.ranking.scores[taken])
    moved = pool.scores[taken] + [sum(own.values()) for own in page.moves]
    free = ~np.isin(ranking.rows, list(pinned.rows.values()))
    scores = _levelled(moved, free) if free.any() else np.full(len(taken), pool.scores[0])
    moves = [
        own if chosen else {"pin": share}
        for own, chosen, share in zip(page.moves, free.tolist(), (scores - pool.scores[taken]).tolist(), strict=True)
    ]
    return Arranged(ranking, scores, moves, pinned.notices)


def _levelled(scores: Values, free: NDArray[np.bool_]) -> Values:
    """``scores`` ``(k,)``, in which a pinned item has that of the free one above it, or else of the first free one."""
    places = np.maximum.accumulate(np.where(free, np.arange(len(free)), -1))
    places[places < 0] = int(free.argmax())
    level: Values = np.minimum.accumulate(scores[places])  # rounding might let one rise
    return level


def _too_narrow(count: int, page_size: int, rules: Reranking) -> Notice:
    named = [
        f"{name} = {most}"
        for name, most in (("max_per_category", rules.max_per_category), ("max_per_brand", rules.max_per_brand))
        if most is not None
    ]
    message = f"{count:,} items keep {' and '.join(named)}, {page_size:,} were asked for; raise the cap"
    return Notice(WarningCode.CAP_TOO_NARROW, "reranking", message)
