"""Which pins can be kept. Knows nothing of scores."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from firstlight_server.answer import Notice, WarningCode
from firstlight_server.arrangement.rules import Pin
from firstlight_server.selection import Selection
from firstlight_store import ItemTable

_SHOWN_CHARACTERS = 60


@dataclass(frozen=True)
class Pinned:
    """Pins that are kept, by place from 0, as item rows; and what was odd in the others."""

    rows: Mapping[int, int]
    notices: tuple[Notice, ...]


def settled(pins: Sequence[Pin], *, items: ItemTable, selection: Selection, page_size: int) -> Pinned:
    """The pins of a page of ``page_size`` items out of ``selection``; the first of two that collide is kept."""
    kept: dict[int, int] = {}
    notices: list[Notice] = []
    for index, pin in enumerate(pins):
        row = items.row(pin.item_id)
        fault = _fault(pin, row, kept, selection=selection, page_size=page_size)
        if fault:
            shown = repr(pin.item_id[:_SHOWN_CHARACTERS])
            notices.append(Notice(WarningCode.PIN_IGNORED, f"reranking.pins[{index}]", f"{shown} {fault}"))
        elif row is not None:
            kept[pin.place - 1] = row
    return Pinned(kept, tuple(notices))


def _fault(pin: Pin, row: int | None, kept: Mapping[int, int], *, selection: Selection, page_size: int) -> str:
    """Why a pin cannot be kept; empty where it can."""
    if row is None:
        return "is not in the snapshot; check its id"
    if not selection.admits(row):
        return "may not be returned: it is filtered, blocked, excluded, disliked, seen or not available"
    if pin.place > page_size:
        return f"is for place {pin.place:,} of a page of {page_size:,}; choose a place on it"
    if row in kept.values():
        return "has a place by an earlier pin; pin an item once"
    return f"is for place {pin.place:,}, which an earlier pin holds" if pin.place - 1 in kept else ""
