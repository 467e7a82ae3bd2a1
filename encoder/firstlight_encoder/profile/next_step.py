"""How probable it is what a user does next: a mixture of what they did, what follows that for others, and the common.

Over anything that has a code: categories, brands, types of events. Weights are those of a user with about as many
events, and so are temperatures, which calibrate the whole. Source: smoothed n-grams with a user's cache (Jelinek and
Mercer, 1980; Kuhn and De Mori, 1990). Knows nothing of what the codes stand for.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.profile.horizon import LONG, SHORT

SOURCES = ("ever", "long", "short", "last", "follows", "then", "kin", "common")
"""What is mixed, in the order of the weights: what the user did, ever, over both horizons and last; what follows that
for others, over the short horizon and after the last event; its kin; what is common."""

KNOWN_EDGES = (1, 2, 3, 6, 11, 21, 51)
"""Weights are those of users with fewer than 1, 2, 3 and so on events."""

FOLLOWERS = 32
"""How many codes that follow each are kept."""


@dataclass(frozen=True, eq=False)
class NextModel:
    """Fitted to the users of one snapshot; ``c`` codes.

    Attributes:
        common: ``(c,)`` float64, a distribution: how often each comes at all.
        kin: ``(c,)`` int64: equal numbers, from 0 on, for codes that are alike, as categories of one parent are.
        followers: ``(c, f)`` int32: the codes that follow most, -1 for none.
        follow: ``(c, f)`` float32: how probable they are, each line summing to 1 or 0.
        weights: ``(len(KNOWN_EDGES) + 1, len(SOURCES))`` float64, lines sum to 1.
        temperatures: ``(len(KNOWN_EDGES) + 1,)`` float64; above 1, the rare is likelier than the mixture says.
    """

    common: NDArray[np.float64]
    kin: NDArray[np.int64]
    followers: NDArray[np.int32]
    follow: NDArray[np.float32]
    weights: NDArray[np.float64]
    temperatures: NDArray[np.float64]

    def probabilities(self, codes: NDArray[np.int64], gaps_h: NDArray[np.floating]) -> NDArray[np.float64]:
        """``(c,)`` float64 summing to 1: of the code of the next event.

        Args:
            codes: ``(n,)`` int64, of the events so far, oldest first.
            gaps_h: ``(n,)``, hours before now.
        """
        parts = self.sources(codes, gaps_h)
        line = bucket(len(codes))
        mixed = (self.weights[line] * (parts.sum(1) > 0)) @ parts
        tempered: NDArray[np.float64] = (mixed / mixed.sum()) ** (1 / self.temperatures[line])
        likely: NDArray[np.float64] = tempered / tempered.sum()
        return likely

    def sources(self, codes: NDArray[np.int64], gaps_h: NDArray[np.floating]) -> NDArray[np.float64]:
        """``(len(SOURCES), c)`` float64: what each source expects; a line of zeros where it knows nothing."""
        parts = np.zeros((len(SOURCES), len(self.common)))
        parts[-1] = self.common
        if not len(codes):
            return parts
        short, long = SHORT.fade(gaps_h), LONG.fade(gaps_h)
        for line, worth in zip(parts, (np.ones(len(codes)), long, short), strict=False):
            np.add.at(line, codes, worth / worth.sum())
        parts[3, codes[-1]] = 1
        self._add_following(parts[4], codes, short / short.sum())
        self._add_following(parts[5], codes[-1:], np.ones(1))
        alike = np.bincount(self.kin, weights=parts[0], minlength=len(self._among_kin))
        parts[6] = alike[self.kin] * self.common / self._among_kin[self.kin]
        return parts

    def _add_following(self, line: NDArray[np.float64], codes: NDArray[np.int64], worth: NDArray[np.float64]) -> None:
        known = self.followers[codes] >= 0
        np.add.at(line, self.followers[codes][known], (worth[:, None] * self.follow[codes])[known])
        whole = line.sum()
        line /= whole if whole > 0 else 1

    @cached_property
    def _among_kin(self) -> NDArray[np.float64]:
        """How common each kind of kin is."""
        return np.bincount(self.kin, weights=self.common).astype(np.float64)


def bucket(known: int) -> int:
    """Which line of weights is for a user with so many events."""
    return int(np.searchsorted(KNOWN_EDGES, known, side="right"))
