"""The second stage over a catalogue with items that came or changed since it was trained.

A new item is to it what one that nobody took was to the build: it has no companions and no taste, and is found by its
vector, its words and its prior. One with new words keeps the companions it had. Knows nothing of indexes.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.second_stage.item_facts import UNKNOWN, ItemFacts
from firstlight_encoder.second_stage.neighbour_table import NOBODY, NeighbourTable
from firstlight_encoder.second_stage.second_stage import SecondStage
from firstlight_server.catalogue.shelves import Shelves
from firstlight_store.catalogue_changes import ChangedItem
from firstlight_store.overlay import appended

_Scalar = TypeVar("_Scalar", bound=np.generic)
_Name = TypeVar("_Name", str, tuple[str, ...])


@dataclass(frozen=True)
class NewRows:
    """What is new.

    Attributes:
        rows: ``(n + m, d + 1)`` float32, all items' rows.
        changed: the items that came or changed, by row, those that keep theirs first.
        like: of each of the last m rows the one it takes the place of; None for a new item.
    """

    rows: NDArray[np.float32]
    changed: Sequence[tuple[int, ChangedItem]]
    like: Sequence[int | None]

    def added_to(self, array: NDArray[_Scalar], *, unknown: float) -> NDArray[_Scalar]:
        """``array`` ``(n, ...)`` and m rows more: those they take the place of, ``unknown`` for new items."""
        more = np.full((len(self.like), *array.shape[1:]), unknown, array.dtype)
        for place, row in enumerate(self.like):
            if row is not None:
                more[place] = array[row]
        return appended(array, more)


def stage_with(stage: SecondStage, new: NewRows, *, shelves: Shelves) -> SecondStage:
    """``stage`` over ``new.rows``; ``shelves`` are those of the items it was trained with."""
    side = stage.side
    tables = {
        name: NeighbourTable(
            new.added_to(table.ids, unknown=NOBODY), new.added_to(table.probabilities, unknown=0), table.decay
        )
        for name, table in side.tables.items()
    }
    texts = [" ".join([item.title, *item.category, item.brand or ""]) for _, item in _added(new)]
    return replace(
        stage,
        side=replace(
            side,
            rows=new.rows,
            tables=tables,
            tastes=new.added_to(side.tastes, unknown=0),
            facts=_facts(side.facts, new, shelves),
            lexicon=side.lexicon.extended(texts) if texts else side.lexicon,
        ),
    )


def _added(new: NewRows) -> Sequence[tuple[int, ChangedItem]]:
    return new.changed[len(new.changed) - len(new.like) :]


def _facts(facts: ItemFacts, new: NewRows, shelves: Shelves) -> ItemFacts:
    items = [item for _, item in new.changed]
    categories = _codes([item.category for item in items], facts.category, shelves.of_category)
    brands = _codes([item.brand or "" for item in items], facts.brand, shelves.of_brand)
    prices = [math.log(item.price) if item.price else math.nan for item in items]
    rows = [row for row, _ in new.changed]
    return ItemFacts(
        _with(facts.category, rows, categories, len(new.rows)),
        _with(facts.brand, rows, brands, len(new.rows)),
        _with(facts.log_price, rows, prices, len(new.rows)),
    )


def _codes(names: Sequence[_Name], codes: NDArray[np.int32], row_of: Callable[[_Name], int | None]) -> list[int]:
    """Each name's code; names that no item had get new ones."""
    fresh: dict[_Name, int] = {}
    found: list[int] = []
    for name in names:
        row = row_of(name) if name else None
        if row is not None:
            found.append(int(codes[row]))
        else:
            found.append(fresh.setdefault(name, int(codes.max()) + 1 + len(fresh)) if name else UNKNOWN)
    return found


def _with(array: NDArray[_Scalar], rows: Sequence[int], values: Sequence[float], count: int) -> NDArray[_Scalar]:
    whole = np.empty(count, array.dtype)
    whole[: len(array)] = array
    whole[np.asarray(rows, np.int64)] = values
    return whole
