"""Which of a snapshot's items a declaration names: those of its category or brand, or whose titles hold its words.

Knows nothing of users, vectors or scores.
"""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from firstlight_server.query import InterestKind
from firstlight_store import ItemFilter, ItemTable

_REMEMBERED = 1_000
"""Names whose items are kept: a shop's shelves are asked for again and again."""


@dataclass(frozen=True)
class NamedItems:
    """The items of one name.

    Attributes:
        rows: ``(r,)`` int64 distinct item rows, ascending.
        share: the prior's probability of all of them.
    """

    rows: NDArray[np.int64]
    share: float


class ItemsByName:
    """Finds and remembers the items of names. Safe across threads."""

    def __init__(self, items: ItemTable) -> None:
        self._items = items
        self._probable = np.exp(items.log_priors.astype(np.float64))
        self._remembered: OrderedDict[tuple[InterestKind, str], NamedItems] = OrderedDict()
        self._lock = Lock()

    def find(self, kind: InterestKind, words: str) -> NamedItems:
        """The items that `words` name; a category or brand that the catalogue does not have is read as free text."""
        key = (kind, " ".join(words.casefold().split()))
        with self._lock:
            found = self._remembered.get(key)
            if found is not None:
                self._remembered.move_to_end(key)
                return found
        rows = self._rows(kind, words)
        named = NamedItems(rows, float(self._probable[rows].sum()))
        with self._lock:
            self._remembered[key] = named
            if len(self._remembered) > _REMEMBERED:
                self._remembered.popitem(last=False)
        return named

    def _rows(self, kind: InterestKind, words: str) -> NDArray[np.int64]:
        names = (words.strip(),)
        wanted = {
            InterestKind.CATEGORY: ItemFilter(categories=names, include_unavailable=True),
            InterestKind.BRAND: ItemFilter(brands=names, include_unavailable=True),
        }.get(kind)
        rows = np.zeros(0, np.int64) if wanted is None else np.flatnonzero(self._items.mask(wanted))
        return rows if len(rows) else self._items.rows_with_words(words)
