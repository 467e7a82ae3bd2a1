"""What an answer's items would score were only a part of the clues known: the score that sorts the answer, no other.

The shortlist that was put in order is held fixed, and who of it the trees ordered; so is all that lies below it.
Fixed too is how closely all is read: the weights that go by how much is known are those of all that is known, and each
clue is read as it was among the others. Else a part would score by how few its clues are, not by which.
Without any clue the score is what is left, and that is the prior's.
Knows nothing of what is made of the scores.
"""

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.label_shares import SMALLEST_SHARE, lift
from firstlight_encoder.second_stage.parts import Parts
from firstlight_encoder.second_stage.second_stage import FINALISTS
from firstlight_encoder.space import Space
from firstlight_encoder.tokens import NEGATIVE_TYPES
from firstlight_server.answer import ReasonKind
from firstlight_server.question import Question
from firstlight_server.ranking import Ranking
from firstlight_server.reranking import Reranker, known


class Game:
    """One answer's items, as a game that its clues play."""

    def __init__(self, question: Question, ranking: Ranking, *, space: Space, reranker: Reranker | None) -> None:
        """Takes an answer.

        Args:
            question: what was asked; the players are its clues, in their order.
            ranking: the ``k`` items to explain, with their scores.
            space: what made the question's query.
            reranker: what ordered the ranking's shortlist, if it has one.
        """
        self._question, self._ranking, self._space, self._reranker = question, ranking, space, reranker

    def worth(self, held: NDArray[np.bool_]) -> NDArray[np.float64]:
        """``(s, k)`` float64: what the items score were just those clues known that ``held`` ``(s, n)`` bool holds.

        The last line must hold all: it is what the answer says.
        """
        queries = self._space.queries_of_parts(self._question.tokens, held)
        ranking, shortlist = self._ranking, self._ranking.shortlist
        scores = queries @ ranking.vectors.T + self._lifts(held, ranking.rows, queries[:, -1])
        if shortlist is not None and self._reranker is not None:
            order = np.argsort(shortlist)
            ascending = shortlist[order]
            places = ascending.searchsorted(ranking.rows).clip(max=len(order) - 1)
            on_it = ascending[places] == ranking.rows
            places = places[on_it]
            partial = self._parts(held, queries, self._lifts(held, ascending, queries[:, -1]))
            finalists = order[places] < FINALISTS
            scores[:, on_it] = self._reranker.partial(partial, ascending, places, finalists=finalists)
        # What is held fixed is a constant of each item; so is what rounding does.
        worth: NDArray[np.float64] = scores + (ranking.scores.astype(np.float64) - scores[-1])
        return worth

    def _parts(self, held: NDArray[np.bool_], queries: NDArray[np.float32], lifts: NDArray[np.float32]) -> Parts:
        clues = self._question.known.clues
        event = np.array([clue.kind is not ReasonKind.DECLARATION for clue in clues], np.bool_)
        usable = event & np.array([clue.row is not None for clue in clues], np.bool_)
        against = np.array([clue.type in NEGATIVE_TYPES or clue.weight < 0 for clue in clues], np.bool_)
        return Parts(
            known=known(clues),
            history=held[:, usable & ~against],
            disliked=held[:, usable & against],
            declared=held[:, ~event],
            queries=queries,
            lifts=lifts,
        )

    def _lifts(
        self, held: NDArray[np.bool_], rows: NDArray[np.int64], prior_weights: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """``(s, c)`` float32: what the declarations of each part add to the first stage's scores of ``rows``."""
        named = self._question.named
        if not named:
            return np.zeros((len(held), len(rows)), np.float32)
        carried = np.stack([np.isin(rows, one.items.rows) for one in named]).astype(np.float32)
        declared = held[:, [one.position for one in named]]
        wanted = [max(one.weight, 0) / max(one.items.share, SMALLEST_SHARE) for one in named]
        declined = [max(-one.weight, 0) for one in named]
        evidence, against = (declared * np.array([wanted, declined], np.float32)[:, None]) @ carried
        odds = self._space.odds(self._question.tokens)
        return prior_weights[:, None] * lift(evidence, against, odds=odds)
