"""What was changed since one snapshot was built, as that snapshot answers it.

Knows nothing of where changes are kept.
"""

import time
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.tokens import TokenType
from firstlight_server.catalogue.item_words import item_words
from firstlight_server.catalogue.laid_over import ItemChange, laid_over, of_one_text
from firstlight_server.catalogue.shelves import Shelves
from firstlight_server.loaded_snapshot import LoadedSnapshot
from firstlight_server.query import Event, RecommendQuery
from firstlight_server.question import Newcomer
from firstlight_server.snapshot_parts import SnapshotParts
from firstlight_store.catalogue_changes import CatalogueChange, ChangedItem


class Overlay:
    """Changes over one snapshot. Belongs to one thread at a time.

    Attributes:
        shelves: of the snapshot.
        now: what answers in its place; None where that is the snapshot itself.
        laid: ids of the items that differ from the snapshot's.
    """

    def __init__(self, parts: SnapshotParts, *, tag_attribute: str = "") -> None:
        """Takes the snapshot's parts as they were loaded, and the attribute that its build filled, if any."""
        self.shelves = Shelves(parts.items, parts.labels)
        self.now: LoadedSnapshot | None = None
        self.laid: frozenset[str] = frozenset()
        self._parts, self._tag_attribute = parts, tag_attribute
        self._vectors: dict[int, NDArray[np.float32]] = {}
        self._contained: dict[int, bool] = {}

    def renew(self, loaded: LoadedSnapshot, changes: Iterable[CatalogueChange]) -> None:
        """Lays ``changes`` of different items over ``loaded``, whose parts this was made of."""
        usable = [change for change in changes if change.item is None or self._encoded(change)]
        differing = [change for change in usable if not self._is_contained(change)]
        self.laid = frozenset(change.item_id for change in differing)
        if not differing:
            self.now = None
            return
        items = [ItemChange(one.item_id, self._tagged(one), self._vectors.get(one.sequence)) for one in differing]
        now = loaded.over(laid_over(self._parts, items, shelves=self.shelves))
        _warm(now)
        self.now = now

    def _encoded(self, change: CatalogueChange) -> bool:
        """Whether the item's vector in this snapshot's space is known; it is made where it came in another's."""
        if change.sequence not in self._vectors and change.item is not None:
            if change.space == self._parts.space.fingerprint:
                self._vectors[change.sequence] = np.frombuffer(change.vector, np.float32)
            elif self._parts.texts is not None:
                text = item_words(change.item, self.shelves)
                self._vectors[change.sequence] = self._parts.texts.encode([text])[text]
        return change.sequence in self._vectors

    def _is_contained(self, change: CatalogueChange) -> bool:
        """Whether the snapshot was built with it."""
        known = self._contained.get(change.sequence)
        if known is None:
            row = self._parts.items.row(change.item_id)
            if change.item is None or row is None:
                known = change.item is None and row is None
            else:
                known = self._says(row, change.item, self._vectors[change.sequence])
            self._contained[change.sequence] = known
        return known

    def _says(self, row: int, item: ChangedItem, vector: NDArray[np.float32]) -> bool:
        items = self._parts.items
        told = (items.title(row), items.category(row), items.brand(row), items.price(row), bool(items.available[row]))
        same = told == (item.title, item.category, item.brand, item.price, item.available)
        near = same and of_one_text(self._parts.rows[row, :-1], vector)
        return near and items.attributes(row) == tuple(sorted((*item.attributes, *self._tags(row))))

    def _tagged(self, change: CatalogueChange) -> ChangedItem | None:
        """The item with the tags that it had in the snapshot, which hold until the next build."""
        row = self._parts.items.row(change.item_id)
        if change.item is None or row is None:
            return change.item
        return replace(change.item, attributes=(*change.item.attributes, *self._tags(row)))

    def _tags(self, row: int) -> list[tuple[str, str]]:
        if not self._tag_attribute:
            return []
        return [pair for pair in self._parts.items.attributes(row) if pair[0] == self._tag_attribute]


def _warm(now: LoadedSnapshot) -> None:
    """Asks one question, so that nobody waits for what is worked out at the first."""
    first = RecommendQuery(events=(Event(now.parts.items.ids[0], TokenType.VIEW),))
    evidence = now.reader.read(first, now_s=time.time())
    now.recommender.recommend([Newcomer(first, evidence)], texts={})
