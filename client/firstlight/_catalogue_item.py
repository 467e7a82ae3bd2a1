"""Items as a caller describes them, and what became of them. It does not know how they travel."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field

from firstlight import _arguments
from firstlight._recommendation import RequestWarning


@dataclass(frozen=True, slots=True)
class CatalogueItem:
    """An item to be added to the catalogue, to replace the one of its id, or to be tagged.

    Attributes:
        item_id: The catalogue's id.
        title: Its title.
        description: A longer text.
        category: The category path, root first.
        brand: The brand, empty if unknown.
        price: The price in the catalogue's currency, None if unknown.
        available: Whether it may be recommended.
        attributes: What else filters may ask for: attribute name -> value.

    Raises:
        TypeError: A value has the wrong type.

    """

    item_id: str
    title: str
    _: KW_ONLY
    description: str = ""
    category: Sequence[str] = ()
    brand: str = ""
    price: float | None = None
    available: bool = True
    attributes: Mapping[str, str] = field(default_factory=dict[str, str], hash=False)

    def __post_init__(self) -> None:
        for name in ("item_id", "title", "description", "brand"):
            _arguments.text(f"CatalogueItem.{name}", getattr(self, name))
        object.__setattr__(self, "category", _arguments.texts("CatalogueItem.category", self.category))
        if self.price is not None:
            object.__setattr__(self, "price", _arguments.number("CatalogueItem.price", self.price))
        _arguments.flag("CatalogueItem.available", self.available)
        pairs = _arguments.mapping("CatalogueItem.attributes", self.attributes)
        object.__setattr__(self, "attributes", pairs)


@dataclass(frozen=True, slots=True, kw_only=True)
class UpsertedItems:
    """The outcome of `upsert_items`: the items are durable, and in every answer that begins afterwards.

    Attributes:
        added_count: How many were new.
        replaced_count: How many replaced others.
        request_id: The call's id.

    """

    added_count: int
    replaced_count: int
    request_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletedItems:
    """The outcome of `delete_items`: the removal is durable, and no answer that begins afterwards has the items.

    Attributes:
        deleted_count: How many were removed.
        warnings: Which ids were unknown.
        request_id: The call's id.

    """

    deleted_count: int
    warnings: tuple[RequestWarning, ...] = ()
    request_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A tag that fits an item.

    Attributes:
        name: As it was asked for.
        confidence: How sure that is, in 0..1.

    """

    name: str
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TaggedItem:
    """One item's tags.

    Attributes:
        item_id: Its id.
        tags: Those that fit, surest first.

    """

    item_id: str
    tags: tuple[Tag, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TaggedItems:
    """The outcome of `tag_items`; iterating it gives its items.

    Attributes:
        items: In the order they were asked for, those of unknown ids left out.
        warnings: Which ids were unknown.
        snapshot_id: The snapshot that answered.
        request_id: The call's id.

    """

    items: tuple[TaggedItem, ...]
    warnings: tuple[RequestWarning, ...] = ()
    snapshot_id: str = ""
    request_id: str = ""

    def __iter__(self) -> Iterator[TaggedItem]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)
