"""Item metadata of a snapshot with the items that came, changed and went since. It knows nothing of vectors.

Rows of the snapshot keep their numbers; those of items that came follow them.
"""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from firstlight_store.item_filter import ItemFilter
from firstlight_store.item_table import ItemTable
from firstlight_store.overlay.appended import appended
from firstlight_store.overlay.coded import coded
from firstlight_store.text_column import TextColumn

_Scalar = TypeVar("_Scalar", bound=np.generic)


class OverlaidItems(ItemTable):
    """The items of a snapshot as they are now. Immutable, so threads may share it.

    NOTE: overrides every method of `ItemTable` that reads more than the public columns; one that is added there must
    be added here.
    """

    def __init__(self, base: ItemTable, side: ItemTable, *, rows: NDArray[np.int64], gone: NDArray[np.int64]) -> None:
        """Lays ``side`` over ``base``.

        Args:
            base: the snapshot's ``n`` items.
            side: what is said of the ``m`` items that came or changed, first those that keep their row.
            rows: ``(m,)`` int64, the row of each: below ``n`` where it keeps its own, else ``n``, ``n + 1``, ....
            gone: ``(g,)`` int64 rows below ``n`` that are no item any more.
        """
        kept = int((rows < base.count).sum())
        self._base, self._side, self._rows, self._gone = base, side, rows, gone
        self._total = base.count + side.count - kept
        self._place = {int(row): place for place, row in enumerate(rows)}
        self._gone_rows = frozenset(gone.tolist())
        self.ids = _ids(base.ids, [side.ids[place] for place in range(kept, side.count)])
        self.available = self._laid_over(base.available, side.available, gone=False)
        self.prices = self._laid_over(base.prices, side.prices, gone=np.nan)
        self.log_priors = self._laid_over(base.log_priors, side.log_priors, gone=-np.inf)
        categories = coded(base.coded_categories, [side.category(place) for place in range(side.count)])
        brands = coded(base.coded_brands, [side.brand(place) for place in range(side.count)])
        self.coded_categories, self.coded_brands = categories.codes, brands.codes
        self.category_codes = self._laid_over(base.category_codes, categories.of_side, gone=categories.of_nothing)
        self.brand_codes = self._laid_over(base.brand_codes, brands.of_side, gone=brands.of_nothing)

    @property
    def count(self) -> int:
        """How many rows there are, those of items that are gone included."""
        return self._total

    @property
    def gone(self) -> NDArray[np.int64]:
        """``(g,)`` int64, rows that are no item any more."""
        return self._gone

    def row(self, item_id: str) -> int | None:
        """Return the row of an item, or None where there is none."""
        place = self._side.row(item_id)
        if place is not None:
            return int(self._rows[place])
        row = self._base.row(item_id)
        return None if row in self._gone_rows else row

    def title(self, row: int) -> str:
        """Return an item's title."""
        place = self._place.get(row)
        return self._base.title(row) if place is None else self._side.title(place)

    def category(self, row: int) -> tuple[str, ...]:
        """Return an item's category path, root first; empty where unknown."""
        place = self._place.get(row)
        return self._base.category(row) if place is None else self._side.category(place)

    def brand(self, row: int) -> str | None:
        """Return an item's brand, if known."""
        place = self._place.get(row)
        return self._base.brand(row) if place is None else self._side.brand(place)

    def attributes(self, row: int) -> tuple[tuple[str, str], ...]:
        """Return an item's attributes, pairs of key and value in order; looks through those of all items."""
        place = self._place.get(row)
        return self._base.attributes(row) if place is None else self._side.attributes(place)

    def mask(self, wanted: ItemFilter) -> NDArray[np.bool_]:
        """Return (n,) bool, True where an item passes; a new array."""
        return self._laid_over(self._base.mask(wanted), self._side.mask(wanted), gone=False)

    def rows_with_words(self, text: str) -> NDArray[np.int64]:
        """Return the rows, ascending, whose title holds every word of `text`."""
        found = self._base.rows_with_words(text)
        own = found[~np.isin(found, self._gone) & ~np.isin(found, self._rows)]
        return np.sort(np.concatenate([own, self._rows[self._side.rows_with_words(text)]]))

    def unknown_values(self, wanted: ItemFilter) -> list[tuple[str, str]]:
        """Return what no item of the catalogue has, as (field, value), such as ("brands[1]", "Acme")."""
        base, side = self._base.unknown_values(wanted), self._side.unknown_values(wanted)
        keys = [{field for field, _ in unknown if field.endswith("].key")} for unknown in (base, side)]
        both = [one for one in base if one in side or _key_field(one[0]) in keys[1]]
        return both + [one for one in side if one not in base and _key_field(one[0]) in keys[0]]

    def _laid_over(self, base: NDArray[_Scalar], side: NDArray[_Scalar], *, gone: float) -> NDArray[_Scalar]:
        whole = np.empty(self._total, base.dtype)
        whole[: len(base)] = base
        whole[self._gone] = gone
        whole[self._rows] = side
        return whole


def _ids(base: TextColumn, added: list[str]) -> TextColumn:
    more = TextColumn.of(added)
    return TextColumn(appended(base.block, more.block), np.concatenate([base.ends, more.ends[1:] + base.ends[-1]]))


def _key_field(field: str) -> str | None:
    """The field of the key that a value of an attribute goes with."""
    condition, _, value = field.partition("].values[")
    return f"{condition}].key" if value else None
