"""Which items may be returned for one question, settled before anything is ranked.

Knows nothing of users, vectors or scores.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np
from numpy.typing import NDArray

from firstlight_server.answer import Notice, WarningCode
from firstlight_server.query import Scope
from firstlight_store import EVERYTHING, AllowedRows, ItemFilter, ItemTable

_SHOWN_CHARACTERS = 60
_FEW = 100
"""Up to so many exclusions it is cheaper to find that many items more and drop them than to search under a filter."""

_KEPT_FILTERS = 16
"""Filters whose rows are kept, a byte an item each: a shop's shelves are asked for again and again."""


@dataclass(frozen=True)
class Selection:
    """The items that may be returned.

    Attributes:
        allowed: the item rows to search; None means every row.
        dropped: ``(m,)`` int64, distinct rows among those to leave out of what is found.
        admitted: how many items may be returned.
        page_size: how many to return: the number asked for, or all that are admitted where those are fewer.
        notices: what was odd in the filter.
    """

    allowed: AllowedRows | None
    dropped: NDArray[np.int64]
    admitted: int
    page_size: int
    notices: tuple[Notice, ...]


class Selector:
    """Applies filters and exclusions to one snapshot's items."""

    def __init__(self, items: ItemTable) -> None:
        self._items = items
        self._passing = lru_cache(maxsize=_KEPT_FILTERS)(partial(_passing, items))
        self._available = AllowedRows(items.mask(EVERYTHING))

    def select(self, scope: Scope, *, without: Iterable[int] = ()) -> Selection:
        """The rows that pass ``scope``, ``without`` left out (seen or disliked items, or the item itself)."""
        allowed, notices = self._available, list[Notice]()
        if scope.filter != EVERYTHING:
            allowed = self._passing(scope.filter)
            notices += self._unknown_values(scope.filter)
        banned = {row for item_id in scope.exclude_item_ids if (row := self._items.row(item_id)) is not None}
        banned.update(without)
        dropped = np.array([row for row in banned if allowed.mask[row]], np.int64)
        if len(dropped) > _FEW:
            allowed, dropped = allowed.without(dropped), dropped[:0]
        count = allowed.count - len(dropped)
        if count < scope.page_size:
            notices.append(_too_narrow(count, scope.page_size))
        every = allowed.count == allowed.total
        return Selection(None if every else allowed, dropped, count, min(count, scope.page_size), tuple(notices))

    def _unknown_values(self, asked: ItemFilter) -> list[Notice]:
        return [
            Notice(WarningCode.UNKNOWN_FILTER_VALUE, f"filter.{field}", _no_item_has(value))
            for field, value in self._items.unknown_values(asked)
        ]


def _passing(items: ItemTable, wanted: ItemFilter) -> AllowedRows:
    return AllowedRows(items.mask(wanted))


def _no_item_has(value: str) -> str:
    return f"no item of the snapshot has {value[:_SHOWN_CHARACTERS]!r}; check its spelling"


def _too_narrow(count: int, page_size: int) -> Notice:
    message = f"{count:,} items pass the filter and the exclusions, {page_size:,} were asked for; widen the filter"
    return Notice(WarningCode.FILTER_TOO_NARROW, "filter", message)
