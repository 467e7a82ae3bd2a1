"""Plays the month with one policy: it chooses what is shown, and learns from the clicks.

Either some places are kept for new items, which each policy fills, or it fills the whole page within slots, as a server
lets it. Candidates, features, posterior and policies are the server's own. Knows nothing of what is compared.
"""

from dataclasses import dataclass, field

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
    remembered,
)
from firstlight_evaluation.simulation.competitor import Learning
from firstlight_evaluation.simulation.game import Game
from firstlight_evaluation.simulation.month import NEW_PLACES, PAGE

KEPT = Slots(most=len(NEW_PLACES), most_new=len(NEW_PLACES))
"""Where places are kept for new items, all candidates are new and any may be shown."""


@dataclass(frozen=True)
class Clicks:
    """Of each visit, ``(v,)`` float64: on new items, and on others where a policy fills the whole page."""

    new: NDArray[np.float64]
    others: NDArray[np.float64]


@dataclass
class _Pupil:
    """What a policy has learnt, and the shown items of which it is not told yet."""

    posterior: Posterior
    features: list[NDArray[np.float32]] = field(default_factory=list[NDArray[np.float32]])
    rewards: list[NDArray[np.float64]] = field(default_factory=list[NDArray[np.float64]])
    items: list[str] = field(default_factory=list[str])

    def see(self, features: NDArray[np.float32], rewards: NDArray[np.float64], items: list[str], *, batch: int) -> None:
        """A page's items, and what they brought."""
        self.features.append(features)
        self.rewards.append(rewards)
        self.items += items
        if len(self.features) == batch:
            seen, earned = np.concatenate(self.features), np.concatenate(self.rewards)
            self.posterior = self.posterior.updated(seen, earned, items=self.items)
            self.features, self.rewards, self.items = [], [], []


def play(game: Game, policy: Policy, *, learning: Learning, slots: Slots | None = None) -> Clicks:
    """Plays all visits; without ``slots`` the policy fills the places that are kept for new items, and no others."""
    pupil = _Pupil(_before(game, learning))
    explorer, generator = Explorer(policy, slots or KEPT), np.random.default_rng((game.seed, 1))
    features = _feature_map(game)
    looked_at = NEW_PLACES if slots is None else tuple(range(PAGE))
    new, others = np.zeros(len(game)), np.zeros(len(game))
    for visit in range(len(game)):
        candidates, takes = _candidates(game, visit, features, pupil.posterior, generator, kept=slots is None)
        page = explorer.page(candidates, count=len(looked_at), generator=generator, posterior=pupil.posterior)
        rewards = np.asarray(takes[page.chosen] & game.looks[visit, looked_at], np.float64)
        is_new = candidates.is_new[page.chosen]
        new[visit], others[visit] = rewards[is_new].sum(), rewards[~is_new].sum()
        if policy.learns:
            shown = [candidates.remembered[one] for one in page.chosen.tolist()]
            pupil.see(candidates.features[page.chosen], rewards, shown, batch=learning.visits_a_batch)
    return Clicks(new, others)


def _candidates(
    game: Game,
    visit: int,
    features: FeatureMap,
    posterior: Posterior,
    generator: np.random.Generator,
    *,
    kept: bool,
) -> tuple[Candidates, NDArray[np.bool_]]:
    """What may be shown, the ranking first unless places are ``kept`` for new items; and whether it would be taken."""
    drawn = drawn_new(np.arange(game.new), generator)
    new = new_candidates(drawn, game.new_scores[visit, drawn], np.array([int(one) for one in posterior.liked], np.int64))
    ranked = slice(0, 0 if kept else None)
    rows = np.concatenate([game.ranked[visit, ranked], new])
    scores = game.ranked_scores[visit, ranked]
    base = np.concatenate([scores, np.full(len(new), 0 if kept else scores[-1], np.float32)])
    is_new = np.arange(len(rows)) >= len(scores)
    known = features.composed(game.places[rows], base, is_new)
    takes = np.concatenate([game.ranked_takes[visit, ranked], game.new_takes[visit, new]])
    return Candidates(rows, base, known, is_new, remembered([str(row) for row in rows.tolist()], known)), takes


def _feature_map(game: Game) -> FeatureMap:
    """Over items that are projected already."""
    width = game.places.shape[1]
    return FeatureMap(Projection(np.zeros(width, np.float32), np.eye(width, dtype=np.float32)))


def _before(game: Game, learning: Learning) -> Posterior:
    features = _feature_map(game)
    prior = features.prior(
        score_weight=learning.score_weight,
        precision=learning.precision,
        item_precision=learning.item_precision,
    )
    return Posterior.before_feedback(prior, fingerprint=features.fingerprint)
