"""The nouns of catalogue changes. Knows nothing of databases."""

import json
from dataclasses import asdict, dataclass
from typing import NamedTuple


@dataclass(frozen=True, kw_only=True)
class ChangedItem:
    """An item as a caller describes it.

    Attributes:
        item_id: the catalogue's id.
        title: its title.
        description: a longer text; empty if there is none.
        category: its category path, root first, or its tags.
        brand: its brand, if known.
        price: in the catalogue's currency, if known.
        available: whether it may be recommended.
        attributes: what else filters may ask for, pairs of key and value in order.
    """

    item_id: str
    title: str
    description: str = ""
    category: tuple[str, ...] = ()
    brand: str | None = None
    price: float | None = None
    available: bool = True
    attributes: tuple[tuple[str, str], ...] = ()

    def as_json(self) -> str:
        """The item as one line of JSON."""
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def of_json(cls, line: str) -> "ChangedItem":
        """What `as_json` wrote."""
        told = json.loads(line)
        pairs = tuple((str(key), str(value)) for key, value in told["attributes"])
        return cls(**(told | {"category": tuple(told["category"]), "attributes": pairs}))


class CatalogueChange(NamedTuple):
    """One item that was added or replaced, or removed.

    Attributes:
        item_id: the catalogue's id.
        item: what it is now; None where it was removed.
        vector: the item's ``(d,)`` float32 unit vector as bytes; empty where it was removed.
        space: the fingerprint of the space that the vector is of.
        changed_at_s: when, in seconds since 1970 UTC.
        sequence: its place in the order of changing, from 1, over all tenants; 0 where it is not stored yet.
    """

    item_id: str
    item: ChangedItem | None
    vector: bytes = b""
    space: str = ""
    changed_at_s: float = 0.0
    sequence: int = 0
