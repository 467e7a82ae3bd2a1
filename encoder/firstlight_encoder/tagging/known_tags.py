"""What a catalogue says of itself that tags can be calibrated on: categories, and items whose titles do not name them.

Knows nothing of vectors.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_ITEMS = 400
_MOST_NAMES = 200
_FEWEST_NAMES = 8
_FEWEST_ITEMS = 2
_LARGEST_SHARE = 0.5
_SEED = 0


@dataclass(frozen=True)
class KnownTags:
    """``t`` names and ``n`` items.

    Attributes:
        names: of categories, at any level.
        texts: the items' titles alone.
        holds: ``(t, n)`` bool, which items stand in which category.
    """

    names: Sequence[str]
    texts: Sequence[str]
    holds: NDArray[np.bool_]

    @property
    def can_calibrate(self) -> bool:
        """Whether there is enough to calibrate on."""
        return len(self.names) >= _FEWEST_NAMES


def known_tags(count: int, *, title: Callable[[int], str], category: Callable[[int], Sequence[str]]) -> KnownTags:
    """A fixed sample of a catalogue's ``count`` items, and the categories that some but not most of them stand in.

    Args:
        count: how many items there are.
        title: of the item in a row.
        category: the names of an item's categories, of every level.
    """
    rng = np.random.default_rng(_SEED)
    rows = np.sort(rng.choice(count, min(count, _ITEMS), replace=False)).tolist()
    paths = [frozenset(category(row)) for row in rows]
    counts = Counter(name for path in paths for name in path)
    usable = [name for name in sorted(counts) if _FEWEST_ITEMS <= counts[name] <= _LARGEST_SHARE * len(rows)]
    chosen: list[int] = np.sort(rng.permutation(len(usable))[:_MOST_NAMES]).tolist()
    names = [usable[place] for place in chosen]
    holds = np.array([[name in path for path in paths] for name in names], np.bool_).reshape(len(names), len(rows))
    return KnownTags(names, [title(row) for row in rows], holds)
