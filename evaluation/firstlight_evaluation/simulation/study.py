"""Every policy plays the month under every seed; Thompson sampling is compared with each, paired over seeds.

Knows nothing of files or tables.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.exploration import Policy, Slots
from firstlight_evaluation.bootstrap import Interval, bootstrap_interval, paired_difference
from firstlight_evaluation.simulation.competitor import THOMPSON, Learning
from firstlight_evaluation.simulation.game import Game
from firstlight_evaluation.simulation.month import NEW_PLACES, Month
from firstlight_evaluation.simulation.replay import play
from firstlight_indexer.progress import Progress, silent

HINDSIGHT = "best two in hindsight"
"""Shows everybody the two new items that this seed's visitors took oftenest: what nobody can know beforehand."""
RANKING_ALONE = "ranking alone"
"""Keeps no place for new items."""
KEPT = Slots(most=len(NEW_PLACES), most_new=len(NEW_PLACES), new_places=NEW_PLACES)
"""Some places are kept for new items, which each policy fills; all others are the ranking's."""
_PER = 1_000


@dataclass(frozen=True)
class Played:
    """One policy.

    Attributes:
        policy: its name.
        new: ``(seeds, days)`` float64, clicks on new items in a thousand visits, summed up to the end of each day.
        overall: ``(seeds,)`` float64, clicks on all items in a thousand visits, of the whole month.
    """

    policy: str
    new: NDArray[np.float64]
    overall: NDArray[np.float64]

    @property
    def month(self) -> NDArray[np.float64]:
        """``(seeds,)``: clicks on new items in a thousand visits, of the whole month."""
        return self.new[:, -1]


@dataclass(frozen=True)
class Outcome:
    """The study.

    Attributes:
        domain: whose visits.
        notice: what must be shown wherever the numbers are, or None.
        seeds: played.
        visits: mean over seeds.
        played: every policy, and the two that are no policies.
    """

    domain: str
    notice: str | None
    seeds: tuple[int, ...]
    visits: float
    played: Mapping[str, Played]

    def interval(self, policy: str) -> Interval:
        """Mean clicks on new items over seeds."""
        return bootstrap_interval(self.played[policy].month, seed=0)

    def lead(self, over: str, *, overall: bool = False) -> Interval:
        """Thompson sampling's clicks minus another's, paired over seeds."""
        ours, theirs = self.played[THOMPSON], self.played[over]
        if overall:
            return paired_difference(ours.overall, theirs.overall, seed=0)
        return paired_difference(ours.month, theirs.month, seed=0)

    def lead_share(self, over: str) -> float:
        """In how many seeds of all Thompson sampling is ahead."""
        return float(np.mean(self.played[THOMPSON].month > self.played[over].month))


def simulate(
    month: Month,
    policies: Mapping[str, Policy],
    *,
    seeds: range,
    learning: Learning,
    progress: Progress = silent,
) -> Outcome:
    """Plays all of it; ``policies`` holds Thompson sampling under its name."""
    days = int(month.days.max()) + 1
    new: dict[str, list[NDArray[np.float64]]] = {}
    overall: dict[str, list[float]] = {}
    visits: list[int] = []
    for number, seed in enumerate(seeds):
        game = Game.drawn(month, seed=seed)
        visits.append(len(game.days))
        for name, clicks, others in _outcomes(game, policies, learning):
            scale = _PER / len(game.days)
            new.setdefault(name, []).append(np.bincount(game.days, weights=clicks, minlength=days).cumsum() * scale)
            overall.setdefault(name, []).append(float((clicks + others).sum()) * scale)
        progress("simulate", number + 1, len(seeds))
    return Outcome(
        domain=month.domain,
        notice=month.notice,
        seeds=tuple(seeds),
        visits=float(np.mean(visits)),
        played={name: Played(name, np.stack(new[name]), np.array(overall[name])) for name in new},
    )


def _outcomes(
    game: Game, policies: Mapping[str, Policy], learning: Learning
) -> list[tuple[str, NDArray[np.float64], NDArray[np.float64]]]:
    """Name, clicks on new items and on others, ``(v,)`` each."""
    played = {name: play(game, policy, slots=KEPT, learning=learning) for name, policy in policies.items()}
    outcomes = [(name, clicks.new, clicks.others) for name, clicks in played.items()]
    outcomes.append((HINDSIGHT, game.in_hindsight, game.beside_new))
    outcomes.append((RANKING_ALONE, np.zeros(len(game.days)), game.ranking_alone))
    return outcomes
