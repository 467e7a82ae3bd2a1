"""Which items may be returned for one question, settled before anything is ranked.

Knows nothing of users, vectors or scores.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
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

    def admits(self, row: int) -> bool:
        """Whether an item may be returned."""
        return (self.allowed is None or bool(self.allowed.mask[row])) and row not in self.dropped


class Selector:
    """Applies filters and exclusions to one snapshot's items."""

    def __init__(self, items: ItemTable) -> None:
        self._items = items
        self._passing = lru_cache(maxsize=_KEPT_FILTERS)(partial(_passing, items))
        self._holding = lru_cache(maxsize=_KEPT_FILTERS)(partial(_holding, items))
        self._available = AllowedRows(items.mask(EVERYTHING))

    def select(self, scope: Scope, *, without: Iterable[int] = (), blocks: tuple[ItemFilter, ...] = ()) -> Selection:
        """The rows that pass ``scope`` and no block, less ``without`` (seen or disliked items, or the item itself)."""
        allowed, notices = self._available, list[Notice]()
        if scope.filter != EVERYTHING or blocks:
            allowed = self._passing(scope.filter, blocks)
            notices += self.unknown_values(scope.filter, "filter")
            for index, block in enumerate(blocks):
                notices += self.unknown_values(block, f"reranking.blocks[{index}]")
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

    def holds(self, wanted: ItemFilter) -> NDArray[np.bool_]:
        """``(n,)`` bool: which items a filter is about, available or not; not to be changed."""
        return self._holding(wanted)

    def unknown_values(self, asked: ItemFilter, field: str) -> list[Notice]:
        """What no item has of the filter that stands in ``field`` of the request."""
        return [
            Notice(WarningCode.UNKNOWN_FILTER_VALUE, f"{field}.{name}", _no_item_has(value))
            for name, value in self._items.unknown_values(asked)
        ]


def _passing(items: ItemTable, wanted: ItemFilter, blocks: tuple[ItemFilter, ...]) -> AllowedRows:
    mask = items.mask(wanted)
    for block in blocks:
        mask &= ~_holding(items, block)
    return AllowedRows(mask)


def _holding(items: ItemTable, wanted: ItemFilter) -> NDArray[np.bool_]:
    return items.mask(replace(wanted, include_unavailable=True))


def _no_item_has(value: str) -> str:
    return f"no item of the snapshot has {value[:_SHOWN_CHARACTERS]!r}; check its spelling"


def _too_narrow(count: int, page_size: int) -> Notice:
    message = f"{count:,} items pass the filter and the exclusions, {page_size:,} were asked for; widen the filter"
    return Notice(WarningCode.FILTER_TOO_NARROW, "filter", message)
