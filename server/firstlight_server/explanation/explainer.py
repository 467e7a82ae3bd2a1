"""For each item of an answer its reasons: what every clue and the prior add to its score, and which rules moved it.

Knows nothing of how a question is ranked: it is told what the ranking was, and asks for others.
"""

from collections.abc import Callable, Mapping, Sequence

from firstlight_encoder.space import Space
from firstlight_server.answer import Reason
from firstlight_server.explanation.coalitions import coalitions
from firstlight_server.explanation.game import Game
from firstlight_server.explanation.languages import sentences_of
from firstlight_server.explanation.page_reasons import PageReasons
from firstlight_server.question import Question
from firstlight_server.ranking import Ranking
from firstlight_server.reranking import Reranker

MOST = 384
"""Coalitions that are asked for: all of up to 8 clues."""

MOST_BY_TREES = 64
"""The same where trees score, which cost ten times as much: all of up to 6 clues."""

Moves = Sequence[Mapping[str, float]]
"""For each item, how far each rule that moved it changed its score."""

RankedWithout = Callable[[Sequence[int]], Sequence[Ranking]]
"""Ranks a question's best, ``DEPTH`` of them, without each of the clues at the given places."""


class Explainer:
    """Explains one snapshot's answers. Safe across threads."""

    def __init__(self, *, space: Space, reranker: Reranker | None) -> None:
        self._space, self._reranker = space, reranker

    def explain(
        self, question: Question, ranking: Ranking, *, moves: Moves, ranked_without: RankedWithout
    ) -> tuple[list[tuple[Reason, ...]], str]:
        """The reasons of each item, the strongest first, and the name of the method that found them.

        Args:
            question: what was asked.
            ranking: the items as they are shown, with the scores that they had before rules.
            moves: what rules changed; the shares of an item add up to its score before rules and these.
            ranked_without: for counterfactuals.
        """
        clues, query = question.known.clues, question.newcomer.query
        by_trees = self._reranker is not None and self._reranker.by_trees and ranking.shortlist is not None
        asked = coalitions(len(clues), most=MOST_BY_TREES if by_trees else MOST)
        worth = Game(question, ranking, space=self._space, reranker=self._reranker).worth(asked.held)
        page = PageReasons(
            clues=clues,
            sentences=sentences_of(query.language),
            rows=ranking.rows,
            shares=asked.shares(worth).T,
            priors=worth[0],
            prior_ranks=ranking.prior_ranks,
        )
        places = page.listed_places if query.want_counterfactuals else []
        without = dict(zip(places, ranked_without(places) if places else [], strict=True))
        return [page.of(item, own, without) for item, own in enumerate(moves)], asked.method
