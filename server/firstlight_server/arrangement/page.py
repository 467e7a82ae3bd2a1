"""Fills a page greedily from a pool: at each place the best candidate of those that may still be taken.

A candidate's worth never rises while the page fills, so neither do the scores down the page. Knows nothing of requests.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firstlight_server.arrangement.calibration import Calibration
from firstlight_server.arrangement.caps import Caps
from firstlight_server.arrangement.pool import Pool

Values = NDArray[np.float64]
"""One number of every candidate, ``(c,)`` float64."""


@dataclass(frozen=True, kw_only=True)
class Objective:
    """What a page is filled by.

    The worth of a candidate, in spreads above the last item of the page as it was ranked, is

        (1 - diversity) ((1 - calibration) r + calibration g) - diversity s

    with its relevance ``r`` (score, boosts, discount), its gain ``g`` for the mix of categories (``Calibration``), and
    its likeness ``s``, in [0, 1], to the most like of the items above: Carbonell and Goldstein 1998, Steck 2018.

    Attributes:
        moved: what boosts and the discount add to the scores, by their rules, in score units.
        diversity: in [0, 1].
        calibration: in [0, 1]; 0 where ``mix`` is None.
        mix: the gains; None where no mix is wanted or known.
    """

    moved: Mapping[str, Values]
    diversity: float = 0.0
    calibration: float = 0.0
    mix: Calibration | None = None


class Page:
    """A page that fills.

    Attributes:
        taken: the candidates' places in the pool, from the first place on.
        moves: for each of them, how far each rule moved its score.
    """

    def __init__(self, pool: Pool, objective: Objective, caps: Caps) -> None:
        self.taken: list[int] = []
        self.moves: list[dict[str, float]] = []
        self._pool, self._objective, self._caps = pool, objective, caps
        self._relevance = (pool.scores + sum(objective.moved.values()) - pool.floor) / pool.spread
        self._barred = np.zeros(len(pool.scores))
        self._likeness = np.zeros(len(pool.scores))  # so that whatever is less alike than not at all is not
        if objective.diversity:
            self._vectors = np.ascontiguousarray(pool.ranking.vectors[:, :-1])

    def reserve(self, candidate: int) -> None:
        """Keeps a candidate for a place of its own; it counts for caps from now on."""
        self._barred[candidate] = -np.inf
        self._caps.take(candidate)

    def put(self, candidate: int) -> None:
        """Takes a reserved candidate, whatever it is worth."""
        self._take(candidate, {})

    def choose(self) -> bool:
        """Takes the best candidate that may be taken; False where there is none."""
        mixed = self._mixed()
        worth = self._diverse(mixed) if self._objective.diversity else mixed + self._barred
        may = worth + self._caps.barred if self._caps.closed else worth
        best = int(may.argmax())
        if may[best] == -np.inf:
            return False
        moves = {rule: float(values[best]) for rule, values in self._objective.moved.items() if values[best]}
        if self._objective.mix is not None:
            moves["calibration"] = self._pool.spread * float(mixed[best] - self._relevance[best])
        if self._objective.diversity:
            moves["diversity"] = self._pool.spread * float(worth[best] - mixed[best])
        if self._caps.closed:
            moves |= dict.fromkeys(self._caps.closing(worth > worth[best]), 0.0)
        self.reserve(best)
        self._take(best, moves)
        return True

    def _mixed(self) -> Values:
        if self._objective.mix is None:
            return self._relevance
        share = self._objective.calibration
        return (1 - share) * self._relevance + share * self._objective.mix.gains()

    def _diverse(self, mixed: Values) -> Values:
        share = self._objective.diversity
        worth: Values = (1 - share) * mixed
        worth -= share * self._likeness
        worth += self._barred
        return worth

    def _take(self, candidate: int, moves: dict[str, float]) -> None:
        self.taken.append(candidate)
        self.moves.append(moves)
        if self._objective.mix is not None:
            self._objective.mix.take(candidate)
        if self._objective.diversity:
            np.maximum(self._likeness, self._vectors @ self._vectors[candidate], out=self._likeness)
