"""The second stage over what the first one found: a shortlist put in order, then the rest as it was.

Knows nothing of requests, titles or how a query came about.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.second_stage.known import Known
from firstlight_encoder.second_stage.parts import Parts
from firstlight_encoder.second_stage.second_stage import Method, Ordered, SecondStage
from firstlight_encoder.second_stage.seeker import Seeker
from firstlight_encoder.second_stage.shortlist import FROM_SPACE
from firstlight_encoder.tokens import NEGATIVE_TYPES
from firstlight_server.answer import ReasonKind
from firstlight_server.asked import Asked
from firstlight_server.evidence import Clue
from firstlight_server.ranking import Ranker, Ranking
from firstlight_server.selection import Selection


class Reranker:
    """Ranks by both stages. Safe across threads."""

    def __init__(self, stage: SecondStage, ranker: Ranker) -> None:
        self._stage, self._ranker = stage, ranker

    def by_both(self, asked: Sequence[tuple[Asked, Selection]]) -> list[Ranking]:
        """Each selection's best rows, of which there is one; scores are the second stage's, and never rise."""
        if not asked:
            return []
        wide = [
            replace(selection, page_size=min(selection.admitted, max(selection.page_size, FROM_SPACE)))
            for _, selection in asked
        ]
        found = self._ranker.by_queries(
            [(one.first, selection) for (one, _), selection in zip(asked, wide, strict=True)]
        )
        seekers = [
            Seeker(known(one.clues), one.first, own.rows, dropped=selection.dropped, allowed=_mask(selection))
            for (one, selection), own in zip(asked, found, strict=True)
        ]
        pages = [selection.page_size for _, selection in asked]
        return [self._page(*one) for one in zip(self._stage.ordered(seekers), found, pages, strict=True)]

    def _page(self, ordered: Ordered, found: Ranking, page_size: int) -> Ranking:
        best = self._ranker.ranking(ordered.rows[:page_size], ordered.scores[:page_size])
        page = best if len(best.rows) == page_size else self._followed(best, found, page_size)
        return replace(page, confidence=ordered.confidence, shortlist=ordered.rows, shortlist_scores=ordered.scores)

    def _followed(self, best: Ranking, found: Ranking, page_size: int) -> Ranking:
        """The others follow as the first stage had them, at its distances, none above the last of the shortlist."""
        others = ~np.isin(found.rows, best.rows)
        below = found.scores[others] - found.scores[others].max(initial=-np.inf) + best.scores[-1]
        rows, scores = np.concatenate([best.rows, found.rows[others]]), np.concatenate([best.scores, below])
        return self._ranker.ranking(rows[:page_size], scores[:page_size])

    @property
    def by_trees(self) -> bool:
        """Whether trees put the heads of shortlists in order."""
        return self._stage.method is Method.TREES

    def partial(
        self, parts: Parts, shortlist: NDArray[np.int64], places: NDArray[np.int64], *, finalists: NDArray[np.bool_]
    ) -> NDArray[np.float32]:
        """What some of a shortlist would score were only each of ``parts`` known: ``SecondStage.partial_scores``."""
        return self._stage.partial_scores(parts, shortlist, places, finalists=finalists)


def _mask(selection: Selection) -> NDArray[np.bool_] | None:
    return None if selection.allowed is None else selection.allowed.mask


def known(clues: Sequence[Clue]) -> Known:
    """What the second stage reads of ``clues``."""
    events = [clue for clue in clues if clue.kind is not ReasonKind.DECLARATION and clue.row is not None]
    against = [clue.type in NEGATIVE_TYPES or clue.weight < 0 for clue in events]
    rows = np.array([clue.row for clue in events], np.int64)
    disliked = np.array(against, np.bool_)
    declared = tuple((clue.name, clue.weight) for clue in clues if clue.kind is ReasonKind.DECLARATION)
    return Known(rows[~disliked], rows[disliked], declared)
