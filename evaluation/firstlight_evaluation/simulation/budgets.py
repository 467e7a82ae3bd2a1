"""What exploration costs and buys: the month's pages, filled within other and other slots.

Where no place is kept for new items they stand against the ranking for any. Knows nothing of files or tables.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.exploration import Policy, Slots, Thompson
from firstlight_evaluation.bootstrap import Interval, bootstrap_interval
from firstlight_evaluation.simulation.competitor import THOMPSON, Learning
from firstlight_evaluation.simulation.game import Game
from firstlight_evaluation.simulation.month import Month
from firstlight_evaluation.simulation.replay import play
from firstlight_indexer.progress import Progress, silent

DEFAULT_SLOTS = Slots(most=2, most_new=1)
"""The server's, unless an operator says otherwise."""
_PER = 1_000


@dataclass(frozen=True)
class Setting:
    """A policy within slots."""

    policy_name: str
    policy: Policy
    slots: Slots


SETTINGS: tuple[Setting, ...] = (
    Setting(THOMPSON, Thompson(), DEFAULT_SLOTS),
    Setting(THOMPSON, Thompson(), Slots(2, 1, first_place=6)),
    Setting(THOMPSON, Thompson(), Slots(1, 1, new_places=(6,))),
    Setting(THOMPSON, Thompson(), Slots(2, 2, new_places=(9, 10))),
)


@dataclass(frozen=True)
class Trade:
    """What one setting brought over the month, per thousand visits, ``(seeds,)`` float64 each.

    Attributes:
        setting: the policy and its slots.
        new: clicks on new items.
        overall: clicks on all items, minus those of the ranking alone.
    """

    setting: Setting
    new: NDArray[np.float64]
    overall: NDArray[np.float64]

    @property
    def intervals(self) -> Mapping[str, Interval]:
        """Of both, over seeds."""
        return MappingProxyType(
            {"new": bootstrap_interval(self.new, seed=0), "overall": bootstrap_interval(self.overall, seed=0)}
        )


def trade(
    month: Month,
    *,
    seeds: range,
    learning: Learning,
    settings: tuple[Setting, ...] = SETTINGS,
    progress: Progress = silent,
) -> tuple[Trade, ...]:
    """Plays the month under every setting and seed."""
    new, overall = np.zeros((len(settings), len(seeds))), np.zeros((len(settings), len(seeds)))
    for number, seed in enumerate(seeds):
        game = Game.drawn(month, seed=seed)
        ranking = game.ranking_alone.sum()
        for place, one in enumerate(settings):
            clicks = play(game, one.policy, learning=learning, slots=one.slots)
            new[place, number] = clicks.new.sum() * _PER / len(game)
            overall[place, number] = (clicks.new.sum() + clicks.others.sum() - ranking) * _PER / len(game)
        progress("budgets", number + 1, len(seeds))
    return tuple(Trade(one, *pair) for one, *pair in zip(settings, new, overall, strict=True))
