"""From evidence to ranked items with their sources and reasons, over one snapshot.

Pure computation, about a millisecond. Knows nothing of gRPC, of threads, or of how text becomes a vector.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.confidence import CUT
from firstlight_encoder.second_stage.first_stage import FirstStage
from firstlight_encoder.space import Space
from firstlight_encoder.tokens import TokenSequence
from firstlight_server.answer import Answer, RankedItem, Reason, Source
from firstlight_server.asked import Asked
from firstlight_server.declared_lift import Named, lifted
from firstlight_server.errors import UnknownItemError
from firstlight_server.evidence import Evidence
from firstlight_server.named_items import ItemsByName
from firstlight_server.query import RecommendQuery, SimilarQuery
from firstlight_server.ranking import Ranker, Ranking
from firstlight_server.reasons import reasons
from firstlight_server.reranking import Reranker
from firstlight_server.selection import Selection, Selector
from firstlight_server.sources import sources
from firstlight_server.text_vectors import TextVectorMap
from firstlight_server.tokens import token_sequence
from firstlight_store import ItemTable


@dataclass(frozen=True)
class Newcomer:
    """One user to answer: what they ask, and what is known of them."""

    query: RecommendQuery
    evidence: Evidence


class Recommender:
    """Ranks one snapshot's items. Safe across threads."""

    def __init__(
        self,
        *,
        space: Space,
        ranker: Ranker,
        labels: NDArray[np.float32],
        items: ItemTable,
        reranker: Reranker | None = None,
    ) -> None:
        """Takes the snapshot's parts.

        Args:
            space: makes queries.
            ranker: the first stage.
            labels: ``(m, d)`` float32, unit rows.
            items: what the rows stand for.
            reranker: both stages; None where the first one ranks alone.
        """
        self._reranker = reranker
        self._space = space
        self._ranker = ranker
        self._labels = labels
        self._items = items
        self._selector = Selector(items)
        self._by_name = ItemsByName(items)

    def recommend(self, newcomers: Sequence[Newcomer], *, texts: TextVectorMap) -> list[Answer]:
        """One answer for each newcomer; ``texts`` holds the vector of every prompt in their evidence."""
        tokens = [self._tokens(newcomer, texts) for newcomer in newcomers]
        queries = self._space.queries(tokens)
        return [self._answer(*one) for one in zip(newcomers, tokens, queries, strict=True)]

    def similar(self, query: SimilarQuery) -> Answer:
        """The items nearest to one item, by cosine.

        Raises:
            UnknownItemError: the snapshot does not hold the item.
        """
        row = self._items.row(query.item_id)
        if row is None:
            raise UnknownItemError(f"item {query.item_id[:60]!r} is not in the snapshot that answers; check its id")
        vector = self._ranker.rows[row].copy()
        vector[-1] = 0  # the prior says nothing of likeness
        selection = self._selector.select(query.scope, without=[row])
        ranking = self._ranker.by_query(FirstStage(vector), selection)
        cosines = replace(ranking, scores=ranking.scores.clip(-1, 1))
        return Answer(self._ranked(cosines, [Source.MODEL] * len(ranking.rows)), selection.notices)

    def _tokens(self, newcomer: Newcomer, texts: TextVectorMap) -> TokenSequence:
        return token_sequence(newcomer.evidence.clues, items=self._ranker.rows, labels=self._labels, texts=texts)

    def _named(self, evidence: Evidence) -> list[Named]:
        """What each usable declaration names; the places are those of the tokens."""
        return [
            Named(position, clue.weight, self._by_name.find(clue.interest, clue.name))
            for position, clue in enumerate(evidence.clues)
            if clue.interest is not None
        ]

    def _answer(self, newcomer: Newcomer, tokens: TokenSequence, query: NDArray[np.float32]) -> Answer:
        asked, evidence = newcomer.query, newcomer.evidence
        seen = () if asked.include_seen else evidence.seen_rows
        selection = self._selector.select(asked.scope, without=chain(seen, evidence.disliked_rows))
        named = self._named(evidence)
        known = Asked(lifted(query, named, space=self._space, tokens=tokens), evidence.clues)
        ranking, confidence = self._rank(known, tokens, selection)
        origins = sources(
            space=self._space, tokens=tokens, asked=known, named=named, ranking=ranking, given=evidence.given
        )
        why = None
        if asked.want_reasons:
            score = partial(self._explained, ranking)
            why = reasons(space=self._space, tokens=tokens, asked=known, named=named, ranking=ranking, score=score)
        return Answer(self._ranked(ranking, origins, why), evidence.notices + selection.notices, confidence)

    def _rank(self, asked: Asked, tokens: TokenSequence, selection: Selection) -> tuple[Ranking, float | None]:
        """The ranking, and how sure it is of its first ten; None if nobody ever fitted that."""
        if self._reranker is not None and len(tokens):
            ranking = self._reranker.by_both(asked, selection)
            return ranking, _told(ranking.confidence)
        ten = replace(selection, page_size=min(selection.admitted, max(selection.page_size, CUT)))
        ranking = self._ranker.by_query(asked.first, ten) if len(tokens) else self._ranker.by_prior(ten)
        sure = self._space.confidence(tokens, ranking.scores)
        return ranking.first(selection.page_size), _told(sure)

    def _explained(self, ranking: Ranking, asked: Asked) -> NDArray[np.float32]:
        """What reasons are shares of: how probable both stages' sources find each item, or the only stage's score."""
        if self._reranker is not None and len(ranking.rows):
            return self._reranker.explained(asked, ranking.rows)
        return asked.first.scores(ranking.rows, ranking.vectors)

    def _ranked(
        self, ranking: Ranking, origins: Sequence[Source], why: Sequence[tuple[Reason, ...]] | None = None
    ) -> tuple[RankedItem, ...]:
        rows: list[int] = ranking.rows.tolist()
        scores: list[float] = ranking.scores.tolist()
        explained = why or [()] * len(rows)
        return tuple(
            RankedItem(
                item_id=self._items.ids[row],
                title=self._items.title(row),
                score=score,
                source=source,
                category=self._items.category(row),
                brand=self._items.brand(row),
                price=self._items.price(row),
                reasons=own,
            )
            for row, score, source, own in zip(rows, scores, origins, explained, strict=True)
        )


def _told(confidence: float) -> float | None:
    return None if math.isnan(confidence) else confidence
