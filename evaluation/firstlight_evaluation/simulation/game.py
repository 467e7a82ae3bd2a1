"""One seed's month: some of the visitors, some of the new items, and luck, the same for every policy.

Knows nothing of policies.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firstlight_evaluation.simulation.month import NEW_PLACES, PAGE, Month, examination

VISITOR_SHARE = 0.7
"""Of all visitors, drawn for every seed."""
NEW_ITEMS = 60
"""Of the pool, drawn for every seed."""
_PLACES = np.array(NEW_PLACES) - 1


@dataclass(frozen=True)
class Game:
    """One seed's month: who comes, what is new, and who would look where.

    Attributes:
        days: ``(v,)`` int64.
        new_scores: ``(v, n)`` float32, what the ranking thinks of the new items.
        new_takes: ``(v, n)`` bool.
        ranked: ``(v, RANKED)`` int64, the ranking's items, best first, numbered on from the new ones.
        ranked_scores: ``(v, RANKED)`` float32.
        ranked_takes: ``(v, RANKED)`` bool.
        places: ``(n + u, p)`` float32, where the catalogue's projection puts the new items and the others.
        looks: ``(v, PAGE)`` bool.
        seed: of the policies' own draws.
    """

    days: NDArray[np.int64]
    new_scores: NDArray[np.float32]
    new_takes: NDArray[np.bool_]
    ranked: NDArray[np.int64]
    ranked_scores: NDArray[np.float32]
    ranked_takes: NDArray[np.bool_]
    places: NDArray[np.float32]
    looks: NDArray[np.bool_]
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
            new_scores=month.new_scores[np.ix_(visits, new)],
            new_takes=month.new_takes[np.ix_(visits, new)],
            ranked=month.ranked[visits] + len(new),
            ranked_scores=month.ranked_scores[visits],
            ranked_takes=month.ranked_takes[visits],
            places=month.projection.project(np.concatenate([month.new_vectors[new], month.ranked_vectors])),
            looks=random.random((len(visits), PAGE)) < examination(PAGE),
            seed=seed,
        )

    def __len__(self) -> int:
        return len(self.days)

    @property
    def new(self) -> int:
        """How many items are new: those with the first numbers."""
        return int(self.new_takes.shape[1])

    @property
    def ranking_alone(self) -> NDArray[np.float64]:
        """``(v,)``: clicks where all places are the ranking's."""
        return np.asarray((self.looks & self.ranked_takes[:, :PAGE]).sum(axis=1), np.float64)

    @property
    def beside_new(self) -> NDArray[np.float64]:
        """``(v,)``: clicks on the ranking's items where some places are kept for new ones."""
        others = np.setdiff1d(np.arange(PAGE), _PLACES)
        shown = self.ranked_takes[:, : len(others)]
        return np.asarray((self.looks[:, others] & shown).sum(axis=1), np.float64)

    @property
    def in_hindsight(self) -> NDArray[np.float64]:
        """``(v,)``: clicks on the two new items that most visits would have taken, the better one first."""
        best = np.argsort(-self.new_takes.sum(axis=0), kind="stable")[: len(_PLACES)]
        return np.asarray((self.new_takes[:, best] & self.looks[:, _PLACES[: len(best)]]).sum(axis=1), np.float64)
