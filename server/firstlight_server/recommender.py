"""From evidence to ranked items with their sources and reasons, over one snapshot.

Pure computation, about a millisecond a newcomer, less where several are answered together. Knows nothing of gRPC, of
threads, or of how text becomes a vector.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.confidence import CUT
from firstlight_encoder.second_stage.first_stage import FirstStage
from firstlight_encoder.space import Space
from firstlight_encoder.tokens import TokenSequence
from firstlight_server.adaptation import AS_RANKED, Adaptation
from firstlight_server.answer import Answer, Item, RankedItem, Reason, Source
from firstlight_server.arrangement.arranger import Arranger
from firstlight_server.asked import Asked
from firstlight_server.declared_lift import Named, lifted
from firstlight_server.degradation.rung import Rung
from firstlight_server.degradation.simplified import degraded
from firstlight_server.errors import UnknownItemError
from firstlight_server.evidence import Evidence
from firstlight_server.explanation.counterfactual import without
from firstlight_server.explanation.explainer import Explainer
from firstlight_server.exploration.tried import tried
from firstlight_server.limits import KEPT_ITEMS
from firstlight_server.named_items import ItemsByName
from firstlight_server.query import SimilarQuery
from firstlight_server.question import Newcomer, Question
from firstlight_server.ranking import Ranker, Ranking
from firstlight_server.reranking import Reranker
from firstlight_server.selection import Selection, Selector
from firstlight_server.sources import sources
from firstlight_server.text_vectors import TextVectorMap
from firstlight_server.tokens import token_sequence
from firstlight_store import ItemTable

_Way = Callable[[Sequence[Question]], list[Ranking]]


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
        adaptation: Adaptation = AS_RANKED,
    ) -> None:
        """Takes the snapshot's parts.

        Args:
            space: makes queries.
            ranker: the first stage.
            labels: ``(m, d)`` float32, unit rows.
            items: what the rows stand for.
            reranker: both stages; None where the first one ranks alone.
            adaptation: what it takes from the feedback loop.
        """
        self._pages, self._watch = adaptation.pages, adaptation.watch
        self._reranker = reranker
        self._explainer = Explainer(space=space, reranker=reranker)
        self._space = space
        self._ranker = ranker
        self._labels = labels
        self._items = items
        self._item = lru_cache(maxsize=KEPT_ITEMS)(partial(_item, items))
        self._selector = Selector(items)
        self._arranger = Arranger(items, self._selector)
        self._by_name = ItemsByName(items)

    def recommend(self, newcomers: Sequence[Newcomer], *, texts: TextVectorMap) -> list[Answer]:
        """One answer for each newcomer; ``texts`` holds the vector of every prompt in their evidence."""
        tokens = [self._tokens(newcomer, texts) for newcomer in newcomers]
        if self._watch is not None:
            newcomers, tokens = self._watch.heed(newcomers, tokens)
        queries = self._space.queries(tokens)
        asked = [self._asked(*one) for one in zip(newcomers, tokens, queries, strict=True)]
        asked = [self._pages.widened(one) for one in asked] if self._pages else asked
        rankings = self._rank(asked)
        return [self._tried(*one) for one in zip(asked, rankings, strict=True)]

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
        cosines = ranking.scores.clip(-1, 1)
        return Answer(self._ranked(ranking.rows, cosines, [Source.MODEL] * len(ranking.rows)), selection.notices)

    def _tokens(self, newcomer: Newcomer, texts: TextVectorMap) -> TokenSequence:
        return token_sequence(newcomer.evidence.clues, items=self._ranker.rows, labels=self._labels, texts=texts)

    def _named(self, evidence: Evidence) -> list[Named]:
        """What each usable declaration names; the places are those of the tokens."""
        return [
            Named(position, clue.weight, self._by_name.find(clue.interest, clue.name))
            for position, clue in enumerate(evidence.clues)
            if clue.interest is not None
        ]

    def _asked(self, newcomer: Newcomer, tokens: TokenSequence, query: NDArray[np.float32]) -> Question:
        asked, evidence = newcomer.query, newcomer.evidence
        seen = () if asked.include_seen else evidence.seen_rows
        without_rows, rules = chain(seen, evidence.disliked_rows), asked.reranking
        selection = self._selector.select(asked.scope, without=without_rows, blocks=rules.blocks)
        selection = self._arranger.pool(rules, selection)
        named = self._named(evidence)
        known = Asked(lifted(query, named, space=self._space, tokens=tokens), evidence.clues)
        return Question(newcomer, tokens, named, known, selection, self._rung(newcomer, tokens))

    def _rung(self, newcomer: Newcomer, tokens: TokenSequence) -> Rung:
        """The rung asked for; where the first stage would have ranked alone anyhow, that is no lower one."""
        both = self._reranker is not None and len(tokens)
        return Rung.FULL if newcomer.rung is Rung.FIRST_STAGE and not both else newcomer.rung

    def _tried(self, question: Question, ranking: Ranking) -> Answer:
        trial = question.newcomer.query.trial
        if trial is None:
            return self._answer(question, ranking)
        return tried(question, ranking, trial=trial, pages=self._pages, answer=self._answer)

    def _answer(self, question: Question, ranking: Ranking) -> Answer:
        asked, evidence = question.newcomer.query, question.newcomer.evidence
        page = self._arranger.arranged(question, ranking, ranked_deeper=partial(self._ranked_deeper, question))
        origins = sources(
            space=self._space,
            tokens=question.tokens,
            asked=question.known,
            named=question.named,
            ranking=page.ranking,
            given=evidence.given,
        )
        why, method = None, ""
        if asked.want_reasons:
            again = partial(self._ranked_without, question)
            why, method = self._explainer.explain(question, page.ranking, moves=page.moves, ranked_without=again)
        notices = evidence.notices + question.selection.notices + page.notices + degraded(question.rung)
        return Answer(
            self._ranked(page.ranking.rows, page.scores, origins, why),
            notices,
            _told(ranking.confidence),
            question.rung,
            reasons_method=method,
            drift_detected=question.newcomer.drifted,
        )

    def _ranked_deeper(self, question: Question, count: int) -> Ranking:
        (ranking,) = self._rank([replace(question, selection=replace(question.selection, page_size=count))])
        return ranking

    def _ranked_without(self, question: Question, places: Sequence[int]) -> list[Ranking]:
        """What would be ranked without each of the clues at ``places``."""
        fewer = [question.tokens.without(place) for place in places]
        newcomers = [without(question.newcomer, place) for place in places]
        queries = self._space.queries(fewer)
        return self._rank([self._asked(*one) for one in zip(newcomers, fewer, queries, strict=True)])

    def _rank(self, questions: Sequence[Question]) -> list[Ranking]:
        """One ranking each; what is ranked in one way is ranked together, which costs less."""
        ways = [self._way(question) for question in questions]
        rankings: dict[int, Ranking] = {}
        for way in set(ways):
            places = [place for place, own in enumerate(ways) if own == way]
            rankings |= zip(places, way([questions[place] for place in places]), strict=True)
        return [rankings[place] for place in range(len(questions))]

    def _way(self, question: Question) -> _Way:
        if not len(question.tokens):
            return self._by_prior
        both = self._reranker is not None and question.selection.page_size and question.rung is Rung.FULL
        return self._by_both if both else self._by_first

    def _by_prior(self, questions: Sequence[Question]) -> list[Ranking]:
        return [self._sure(question, self._ranker.by_prior(_with_ten(question.selection))) for question in questions]

    def _by_first(self, questions: Sequence[Question]) -> list[Ranking]:
        found = self._ranker.by_queries([(one.known.first, _with_ten(one.selection)) for one in questions])
        return [self._sure(*one) for one in zip(questions, found, strict=True)]

    def _by_both(self, questions: Sequence[Question]) -> list[Ranking]:
        assert self._reranker is not None
        return self._reranker.by_both([(one.known, one.selection) for one in questions])

    def _sure(self, question: Question, ranking: Ranking) -> Ranking:
        """The page of a ranking that holds ten items at least, and how sure it is of these."""
        sure = self._space.confidence(question.tokens, ranking.scores)
        return replace(ranking.first(question.selection.page_size), confidence=sure)

    def _ranked(
        self,
        rows: NDArray[np.int64],
        scores: NDArray[np.floating],
        origins: Sequence[Source],
        why: Sequence[tuple[Reason, ...]] | None = None,
    ) -> tuple[RankedItem, ...]:
        places: list[int] = rows.tolist()
        each: list[float] = scores.tolist()
        return tuple(map(RankedItem, map(self._item, places), each, origins, why or [()] * len(places)))


def _item(items: ItemTable, row: int) -> Item:
    return Item(items.ids[row], items.title(row), items.category(row), items.brand(row), items.price(row))


def _with_ten(selection: Selection) -> Selection:
    """The same with a page of ten at least, for confidence is about so many."""
    return replace(selection, page_size=min(selection.admitted, max(selection.page_size, CUT)))


def _told(confidence: float) -> float | None:
    return None if math.isnan(confidence) else confidence
