"""Plays the month with one policy: it fills the places for new items, and learns from the clicks there.

Every policy meets the same visitors, the same new items and the same luck. Knows nothing of what is compared.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.exploration import (
    Candidates,
    Explorer,
    FeatureMap,
    Policy,
    Posterior,
    Projection,
    Slots,
    drawn_new,
    new_candidates,
)
from firstlight_evaluation.simulation.competitor import Learning
from firstlight_evaluation.simulation.month import NEW_PLACES, PAGE, Month, examination

VISITOR_SHARE = 0.7
"""Of all visitors, drawn for every seed."""
NEW_ITEMS = 60
"""Of the pool, drawn for every seed."""


@dataclass(frozen=True)
class Game:
    """One seed's month: who comes, what is new, and who would look where.

    Attributes:
        days: ``(v,)`` int64.
        scores: ``(v, n)`` float32, what the ranking thinks of the new items.
        takes: ``(v, n)`` bool.
        vectors: ``(n, d)`` float32, the new items.
        looks: ``(v, PAGE)`` bool.
        ranked_takes: ``(v, PAGE)`` bool, of the ranking's items, best first.
        seed: of the policies' own draws.
    """

    days: NDArray[np.int64]
    scores: NDArray[np.float32]
    takes: NDArray[np.bool_]
    vectors: NDArray[np.float32]
    looks: NDArray[np.bool_]
    ranked_takes: NDArray[np.bool_]
    seed: int

    @classmethod
    def drawn(cls, month: Month, *, seed: int) -> "Game":
        """A seed's visitors, new items and luck."""
        random = np.random.default_rng(seed)
        people = np.unique(month.visitors)
        chosen = random.choice(people, size=max(1, round(VISITOR_SHARE * len(people))), replace=False)
        visits = np.flatnonzero(np.isin(month.visitors, chosen))
        new = random.choice(month.pool, size=min(NEW_ITEMS, month.pool), replace=False)
        return cls(
            days=month.days[visits],
            scores=month.new_scores[np.ix_(visits, new)],
            takes=month.new_takes[np.ix_(visits, new)],
            vectors=month.new_vectors[new],
            looks=random.random((len(visits), PAGE)) < examination(PAGE),
            ranked_takes=month.ranked_takes[visits],
            seed=seed,
        )

    @property
    def ranking_alone(self) -> NDArray[np.float64]:
        """``(v,)``: clicks where all places are the ranking's."""
        return np.asarray((self.looks & self.ranked_takes).sum(axis=1), np.float64)

    @property
    def beside_new(self) -> NDArray[np.float64]:
        """``(v,)``: clicks on the ranking's items where some places are kept for new ones."""
        others = np.setdiff1d(np.arange(PAGE), NEW_PLACES)
        shown = self.ranked_takes[:, : len(others)]
        return np.asarray((self.looks[:, others] & shown).sum(axis=1), np.float64)

    @property
    def in_hindsight(self) -> NDArray[np.float64]:
        """``(v,)``: clicks on the two new items that most visits would have taken, the better one first."""
        best = np.argsort(-self.takes.sum(axis=0), kind="stable")[: len(NEW_PLACES)]
        return np.asarray((self.takes[:, best] & self.looks[:, NEW_PLACES[: len(best)]]).sum(axis=1), np.float64)


def play(game: Game, policy: Policy, *, learning: Learning) -> NDArray[np.float64]:
    """``(v,)``: each visit's clicks on new items."""
    known, features = _features(game, dimension=learning.dimension)
    prior = features.prior(score_weight=learning.score_weight, precision=learning.precision, item_precision=learning.item_precision)
    posterior = Posterior.before_feedback(prior, fingerprint=features.fingerprint)
    explorer = Explorer(policy, Slots(most=len(NEW_PLACES), most_new=len(NEW_PLACES)))
    generator = np.random.default_rng((game.seed, 1))
    rows = np.arange(len(game.vectors))
    seen: list[NDArray[np.float32]] = []
    earned: list[NDArray[np.float64]] = []
    shown: list[str] = []
    clicks = np.zeros(len(game.days))
    for visit, scores in enumerate(game.scores):
        drawn = drawn_new(rows, generator)
        order = new_candidates(drawn, scores[drawn], np.array([int(one) for one in posterior.liked], np.int64))
        base, is_new = np.zeros(len(order), np.float32), np.ones(len(order), np.bool_)
        ids = tuple(map(str, order.tolist()))
        candidates = Candidates(order, base, features.features(known[order], base, is_new), is_new, ids)
        page = explorer.page(candidates, count=len(NEW_PLACES), generator=generator, posterior=posterior)
        rewards = np.asarray(game.takes[visit, order[page.chosen]] & game.looks[visit, NEW_PLACES], np.float64)
        clicks[visit] = rewards.sum()
        seen.append(candidates.features[page.chosen])
        earned.append(rewards)
        shown += [ids[one] for one in page.chosen]
        if policy.learns and len(seen) == learning.visits_a_batch:
            posterior = posterior.updated(np.concatenate(seen), np.concatenate(earned), items=shown)
            seen, earned, shown = [], [], []
    return clicks


def _features(game: Game, *, dimension: int) -> tuple[NDArray[np.float32], FeatureMap]:
    """The new items in few dimensions, ``(n, p)``, and the features over these: projected once, not at every visit."""
    projection = Projection.fit(game.vectors, dimension=min(dimension, len(game.vectors)))
    known, width = projection.project(game.vectors), projection.dimension
    return known, FeatureMap(Projection(np.zeros(width, np.float32), np.eye(width, dtype=np.float32)))
