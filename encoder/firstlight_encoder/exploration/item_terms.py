"""What was seen of single items, beside what all items share. Knows nothing of priors, users or logs.

Reward r of item i with features x is x . theta + b_i + noise: every item that is remembered has a term b_i of its own
(the hybrid model of Li et al. 2010 whose arms have one feature each, the constant; a random intercept). Kept of an item
are the sums of w, w r and w x, so that `Posterior` can integrate the terms out exactly. What was shown longest ago
comes first, and is forgotten first.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

MOST_ITEMS = 2_000
"""Items remembered at most: 8 (p + 2) bytes each, 330 kB at 19 features."""


@dataclass(frozen=True)
class ItemTerms:
    """Sums over the observations of single items. Never changed: updates make another.

    Attributes:
        ids: ``k`` items, shown longest ago first.
        counts: ``(k,)`` float64, sums of w.
        moments: ``(k,)`` float64, sums of w r.
        sums: ``(k, p)`` float64, sums of w x.
    """

    ids: tuple[str, ...]
    counts: NDArray[np.float64]
    moments: NDArray[np.float64]
    sums: NDArray[np.float64]

    @classmethod
    def none(cls, width: int) -> "ItemTerms":
        """Nothing seen yet, over ``width`` features."""
        return cls((), np.zeros(0), np.zeros(0), np.zeros((0, width)))

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def _places(self) -> dict[str, int]:
        return {one: place for place, one in enumerate(self.ids)}

    def places(self, items: Sequence[str]) -> NDArray[np.int64]:
        """``(n,)`` int64, where items are; -1 for those that are not remembered."""
        return np.array([self._places.get(one, -1) for one in items], np.int64)

    def observed(
        self,
        items: Sequence[str],
        features: NDArray[np.floating],
        rewards: NDArray[np.floating],
        counts: NDArray[np.floating],
    ) -> "ItemTerms":
        """After more observations of items; an empty id is no item's.

        Args:
            items: ``b`` ids.
            features: ``(b, p)``.
            rewards: ``(b,)``.
            counts: ``(b,)``, what each counts.
        """
        own = np.array([bool(one) for one in items], np.bool_)
        named = [one for one in items if one]
        wide = self._with_last(tuple(dict.fromkeys(reversed(named)))[::-1])
        places, weights = wide.places(named), np.asarray(counts, np.float64)[own]
        np.add.at(wide.counts, places, weights)
        np.add.at(wide.moments, places, weights * rewards[own])
        np.add.at(wide.sums, places, weights[:, None] * features[own])
        return wide

    def corrected(self, items: Sequence[str], extra: NDArray[np.floating]) -> "ItemTerms":
        """Had observations of items been worth ``extra`` ``(b,)`` more, times what each counts."""
        places, moments = self.places(items), self.moments.copy()
        known = places >= 0
        np.add.at(moments, places[known], extra[known])
        return replace(self, moments=moments)

    def aged(self, left: float) -> "ItemTerms":
        """Only the share ``left`` of what was observed is left."""
        return replace(self, counts=left * self.counts, moments=left * self.moments, sums=left * self.sums)

    def merged(self, other: "ItemTerms") -> "ItemTerms":
        """What was seen by both; the other's was shown later."""
        wide = self._with_last(other.ids)
        places = wide.places(other.ids)
        wide.counts[places] += other.counts
        wide.moments[places] += other.moments
        wide.sums[places] += other.sums
        return wide

    def split(self, most: int) -> tuple["ItemTerms", "ItemTerms"]:
        """The ``most`` that were shown last, and the others."""
        cut = max(len(self) - most, 0)
        return self._some(slice(cut, None)), self._some(slice(0, cut))

    def taken(self, precision: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """``(p, p)`` and ``(p,)``: what integrating terms of prior N(0, 1 / precision) out takes from all sums."""
        scaled = self.sums / (self.counts + precision)[:, None]
        return scaled.T @ self.sums, scaled.T @ self.moments

    def _with_last(self, items: tuple[str, ...]) -> "ItemTerms":
        """Copies with ``items`` at the end, with what was seen of them or nothing."""
        last = frozenset(items)
        ids = tuple(one for one in self.ids if one not in last) + items
        places = self.places(ids)
        wide = ItemTerms(
            ids, np.zeros(len(ids)), np.zeros(len(ids)), np.zeros((len(ids), self.sums.shape[1]), np.float64)
        )
        known = places >= 0
        wide.counts[known], wide.moments[known] = self.counts[places[known]], self.moments[places[known]]
        wide.sums[known] = self.sums[places[known]]
        return wide

    def _some(self, some: slice) -> "ItemTerms":
        return ItemTerms(self.ids[some], self.counts[some], self.moments[some], self.sums[some])
