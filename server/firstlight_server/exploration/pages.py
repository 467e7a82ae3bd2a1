"""Explored pages over one snapshot: a wide ranking and some new items in, the page that an arm chooses out.

Candidates are what the ranking has after the page too, and new items, which get the last candidate's score. Knows
nothing of requests or logs.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.exploration import (
    Candidates,
    FeatureMap,
    Page,
    Posterior,
    Projection,
    drawn_new,
    new_candidates,
    remembered,
)
from firstlight_server.answer import Answer
from firstlight_server.exploration.context import ShownFeatures
from firstlight_server.exploration.feature_space import FeatureSpace
from firstlight_server.exploration.trial import Trial
from firstlight_server.question import Question
from firstlight_server.ranking import Ranking
from firstlight_store import ItemTable

BEYOND_PAGE = 50
"""Ranked items beyond the page that are candidates."""

_LIKED_LOOKED_AT = 20
"""Liked items looked at, of which those that may be shown are candidates."""


@dataclass(frozen=True)
class Explored:
    """A page as an arm chose it.

    Attributes:
        ranking: what is shown, in its order.
        page: with which propensities.
        context: what the arm must be reminded of.
    """

    ranking: Ranking
    page: Page
    context: bytes

    def told(self, answer: Answer) -> Answer:
        """The answer of this ranking with what is to be said of exploration."""
        facts = zip(answer.items, self.page.propensities.tolist(), self.page.explored.tolist(), strict=True)
        items = tuple(item._replace(propensity=propensity, explored=explored) for item, propensity, explored in facts)
        return replace(answer, items=items, context=self.context)


class Pages:
    """Makes explored pages of one snapshot. Safe across threads."""

    def __init__(
        self, *, items: ItemTable, rows: NDArray[np.float32], is_new: NDArray[np.bool_], projection: Projection
    ) -> None:
        """Takes ``rows``, ``(n, d + 1)`` float32 with the log prior last, and which of them are new, ``(n,)`` bool."""
        self._ids = items.ids
        self._rows = rows
        self._is_new = is_new
        self._new_rows = np.flatnonzero(is_new)
        self._spaces = {
            crossed: FeatureSpace.of(FeatureMap(projection, crossed), items=items, vectors=rows[:, :-1])
            for crossed in (False, True)
        }

    def widened(self, question: Question) -> Question:
        """The question for enough candidates, where something may be explored."""
        trial, selection = question.newcomer.query.trial, question.selection
        if trial is None or trial.generator is None or not selection.page_size:
            return question
        wide = min(selection.admitted, selection.page_size + BEYOND_PAGE)
        return replace(question, selection=replace(selection, page_size=wide))

    def explored(self, question: Question, ranking: Ranking, trial: Trial, chance: np.random.Generator) -> Explored:
        """The page that the trial's arm chooses from the ranking of a widened ``question``."""
        wanted = min(question.newcomer.query.scope.page_size, len(ranking.rows))
        space = self._spaces[trial.arm.settings.crossed] if trial.arm.learns else None
        posterior = None if space is None else trial.arm.belief(space)
        ranked = self._with_new(question, ranking, trial, chance, posterior)
        candidates = self._candidates(question, *ranked, space)
        page = trial.arm.explorer.page(candidates, count=wanted, generator=chance, posterior=posterior)
        shown = replace(ranking, rows=candidates.rows[page.chosen], scores=candidates.base[page.chosen])
        context = b""
        if space is not None:
            features = candidates.features[page.chosen]
            context = ShownFeatures(space.features.fingerprint, features).to_bytes()
        return Explored(shown, page, context)

    def _with_new(
        self,
        question: Question,
        ranking: Ranking,
        trial: Trial,
        chance: np.random.Generator,
        posterior: Posterior | None,
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Rows and scores of the ranking, then of new items."""
        rows, base = ranking.rows, ranking.scores
        if not trial.arm.explorer.slots.most_new or not len(self._new_rows) or not len(rows):
            return rows, base
        new = self._new(question, rows, chance, () if posterior is None else posterior.liked)
        return np.concatenate([rows, new]), np.concatenate([base, np.full(len(new), base[-1], np.float32)])

    def _candidates(
        self, question: Question, rows: NDArray[np.int64], base: NDArray[np.float32], space: FeatureSpace | None
    ) -> Candidates:
        is_new = self._is_new[rows]
        if space is None:
            return Candidates(rows, base, np.zeros((len(rows), 0), np.float32), is_new)
        user = _unit(question.known.first.query[:-1]) if space.features.crossed else None
        features = space.features.features(self._rows[rows, :-1], base, is_new, user)
        return Candidates(rows, base, features, is_new, remembered([self._ids[row] for row in rows.tolist()], features))

    def _new(
        self, question: Question, ranked: NDArray[np.int64], chance: np.random.Generator, liked: Sequence[str]
    ) -> NDArray[np.int64]:
        """New items that may be shown and are not ranked."""
        found = self._spaces[False].rows(liked[:_LIKED_LOOKED_AT])
        held = found[found >= 0]
        drawn = self._showable(question, drawn_new(self._new_rows, chance), ranked)
        likeness = self._rows[drawn] @ question.known.first.query
        return new_candidates(drawn, likeness, self._showable(question, held[self._is_new[held]], ranked))

    def _showable(self, question: Question, rows: NDArray[np.int64], ranked: NDArray[np.int64]) -> NDArray[np.int64]:
        """Those of ``rows`` that pass the question's rules and are not ``ranked``."""
        selection = question.selection
        if selection.allowed is not None:
            rows = rows[selection.allowed.mask[rows]]
        return rows[~np.isin(rows, np.concatenate([ranked, selection.dropped]))]


def _unit(vector: NDArray[np.float32]) -> NDArray[np.float32]:
    return vector / max(float(np.linalg.norm(vector)), 1e-9)
