"""Explored pages over one snapshot: a wide ranking and some new items in, the page that an arm chooses out.

Candidates are what the ranking has after the page too, and the best by the user's query of a few new items drawn by
chance, which get the last candidate's score. Knows nothing of requests or logs.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.exploration import Candidates, FeatureMap, Page, Projection
from firstlight_server.answer import Answer
from firstlight_server.exploration.context import ShownFeatures
from firstlight_server.exploration.trial import Trial
from firstlight_server.question import Question
from firstlight_server.ranking import Ranking

BEYOND_PAGE = 50
"""Ranked items beyond the page that are candidates."""

NEW_CANDIDATES = 10
"""New items that are candidates."""

_LOOKED_AT = 128
"""New items drawn by chance, of which the best are candidates: all of them may be tens of thousands."""


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

    def __init__(self, *, rows: NDArray[np.float32], is_new: NDArray[np.bool_], projection: Projection) -> None:
        """Takes ``rows``, ``(n, d + 1)`` float32 with the log prior last, and which of them are new, ``(n,)`` bool."""
        self._rows = rows
        self._is_new = is_new
        self._new_rows = np.flatnonzero(is_new)
        self._maps = {crossed: FeatureMap(projection, crossed) for crossed in (False, True)}

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
        candidates = self._candidates(question, ranking, trial, chance)
        posterior, fingerprint = None, ""
        if trial.arm.learns:
            known = self._maps[trial.arm.settings.crossed]
            fingerprint = known.fingerprint
            posterior = trial.arm.posterior(fingerprint, known.dimension)
        page = trial.arm.explorer.page(candidates, count=wanted, generator=chance, posterior=posterior)
        shown = replace(ranking, rows=candidates.rows[page.chosen], scores=candidates.base[page.chosen])
        features = candidates.features[page.chosen]
        return Explored(shown, page, ShownFeatures(fingerprint, features).to_bytes() if fingerprint else b"")

    def _candidates(
        self, question: Question, ranking: Ranking, trial: Trial, chance: np.random.Generator
    ) -> Candidates:
        rows, base = ranking.rows, ranking.scores
        if trial.arm.explorer.slots.most_new and len(self._new_rows) and len(rows):
            new = self._new(question, rows, chance)
            rows = np.concatenate([rows, new])
            base = np.concatenate([base, np.full(len(new), base[-1], np.float32)])
        is_new = self._is_new[rows]
        features = np.zeros((len(rows), 0), np.float32)
        if trial.arm.learns:
            known = self._maps[trial.arm.settings.crossed]
            user = _unit(question.known.first.query[:-1]) if known.crossed else None
            features = known.features(self._rows[rows, :-1], base, is_new, user)
        return Candidates(rows, base, features, is_new)

    def _new(self, question: Question, ranked: NDArray[np.int64], chance: np.random.Generator) -> NDArray[np.int64]:
        """New items that may be shown and are not ``ranked``, best by the query first."""
        selection = question.selection
        looked_at = np.unique(self._new_rows[chance.integers(len(self._new_rows), size=_LOOKED_AT)])
        if selection.allowed is not None:
            looked_at = looked_at[selection.allowed.mask[looked_at]]
        looked_at = looked_at[~np.isin(looked_at, np.concatenate([ranked, selection.dropped]))]
        likeness = self._rows[looked_at] @ question.known.first.query
        best: NDArray[np.int64] = looked_at[np.argsort(-likeness, kind="stable")[:NEW_CANDIDATES]]
        return best


def _unit(vector: NDArray[np.float32]) -> NDArray[np.float32]:
    return vector / max(float(np.linalg.norm(vector)), 1e-9)
