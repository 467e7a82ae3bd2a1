"""Plays the month with one policy: it fills pages within slots, as a server lets it, and learns from the clicks.

Candidates, features, posterior, policies and pages are the server's own. Knows nothing of what is compared.
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
from firstlight_evaluation.simulation.month import PAGE


@dataclass(frozen=True)
class Clicks:
    """Of each visit, ``(v,)`` float64: on new items, and on others."""

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
        """What a page teaches: items, and what they brought."""
        self.features.append(features)
        self.rewards.append(rewards)
        self.items += items
        if len(self.features) == batch:
            seen, earned = np.concatenate(self.features), np.concatenate(self.rewards)
            self.posterior = self.posterior.updated(seen, earned, items=self.items)
            self.features, self.rewards, self.items = [], [], []


def play(game: Game, policy: Policy, *, slots: Slots, learning: Learning) -> Clicks:
    """Plays all visits."""
    pupil, features = _Pupil(_before(game, learning)), _feature_map(game)
    explorer, generator = Explorer(policy, slots), np.random.default_rng((game.seed, 1))
    new, others = np.zeros(len(game)), np.zeros(len(game))
    for visit, looks in enumerate(game.looks):
        candidates, takes = _candidates(game, visit, features, pupil.posterior, generator)
        page = explorer.page(candidates, count=PAGE, generator=generator, posterior=pupil.posterior)
        rewards = np.asarray(takes[page.chosen] & looks, np.float64)
        is_new = candidates.is_new[page.chosen]
        new[visit], others[visit] = rewards[is_new].sum(), rewards[~is_new].sum()
        if policy.learns:
            teaches = page.explored | slots.page_teaches
            told: list[int] = page.chosen[teaches].tolist()
            shown = [candidates.remembered[one] for one in told]
            pupil.see(candidates.features[told], rewards[teaches], shown, batch=learning.visits_a_batch)
    return Clicks(new, others)


def _candidates(
    game: Game, visit: int, features: FeatureMap, posterior: Posterior, generator: np.random.Generator
) -> tuple[Candidates, NDArray[np.bool_]]:
    """What may be shown, the ranking first; and whether it would be taken."""
    drawn, liked = drawn_new(np.arange(game.new), generator), [int(one) for one in posterior.liked]
    new = new_candidates(drawn, game.new_scores[visit, drawn], np.array(liked, np.int64))
    rows, scores = np.concatenate([game.ranked[visit], new]), game.ranked_scores[visit]
    ids: list[int] = rows.tolist()
    base = np.concatenate([scores, np.full(len(new), scores[-1], np.float32)])
    is_new = np.arange(len(rows)) >= len(scores)
    known = features.composed(game.places[rows], base, is_new)
    takes = np.concatenate([game.ranked_takes[visit], game.new_takes[visit, new]])
    return Candidates(rows, base, known, is_new, remembered(list(map(str, ids)), known)), takes


def _feature_map(game: Game) -> FeatureMap:
    """Over items that are projected already."""
    width = int(game.places.shape[1])
    return FeatureMap(Projection(np.zeros(width, np.float32), np.eye(width, dtype=np.float32)))


def _before(game: Game, learning: Learning) -> Posterior:
    features = _feature_map(game)
    prior = features.prior(
        score_weight=learning.score_weight,
        precision=learning.precision,
        item_precision=learning.item_precision,
    )
    return Posterior.before_feedback(prior, fingerprint=features.fingerprint)
