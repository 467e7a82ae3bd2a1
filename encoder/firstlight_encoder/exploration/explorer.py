"""Fills pages by a policy within slots. Knows nothing of how candidates were ranked, or of who sees the page."""

from bisect import bisect_right
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.exploration.candidates import Candidates
from firstlight_encoder.exploration.filling import Filling
from firstlight_encoder.exploration.page import Page
from firstlight_encoder.exploration.policy import Policy
from firstlight_encoder.exploration.posterior import Posterior
from firstlight_encoder.exploration.slots import Slots


@dataclass(frozen=True)
class Explorer:
    """A policy and the bounds it is held to."""

    policy: Policy
    slots: Slots

    def page(
        self,
        candidates: Candidates,
        *,
        count: int,
        generator: np.random.Generator,
        posterior: Posterior | None = None,
    ) -> Page:
        """A page of ``count`` candidates, of all of them where they are fewer.

        Raises:
            ExplorationError: the policy needs a posterior, or one of other features.
        """
        count = min(count, len(candidates))
        if not self.slots.most or not count:
            return _page(np.arange(count), 0, [], [])
        filling = self.filling(candidates, generator=generator, posterior=posterior)
        chosen: list[int] = []
        propensities: list[float] = []
        explored: list[bool] = []
        for draw in generator.random(count).tolist():
            if filling.is_over:
                break
            one, propensity = (filling.next, 1.0) if not filling.is_open else _drawn(filling, draw)
            chosen.append(one)
            propensities.append(propensity)
            explored.append(filling.take(one))
        rest = filling.rest(count - len(chosen))
        return _page(np.concatenate([np.array(chosen, np.int64), rest]), len(chosen), propensities, explored)

    def filling(
        self, candidates: Candidates, *, generator: np.random.Generator, posterior: Posterior | None = None
    ) -> Filling:
        """An empty page, to be filled place by place: what off-policy evaluation replays logged pages on."""
        preferences = self.policy.preferences(candidates, posterior, generator)
        return Filling(candidates, preferences, slots=self.slots, epsilon=self.policy.epsilon)


def _drawn(filling: Filling, draw: float) -> tuple[int, float]:
    """One candidate, with its chance; ``draw`` is even in [0, 1)."""
    chances = filling.chances()
    up_to: list[float] = chances.cumsum().tolist()
    one = bisect_right(up_to, draw * up_to[-1])
    return one, float(chances[one])


def _page(chosen: NDArray[np.int64], begun: int, propensities: list[float], explored: list[bool]) -> Page:
    """The page whose first ``begun`` places were drawn, and the others the ranking's."""
    all_propensities, all_explored = np.ones(len(chosen)), np.zeros(len(chosen), np.bool_)
    all_propensities[:begun], all_explored[:begun] = propensities, explored
    return Page(chosen, all_propensities, all_explored)
