"""A filter: which items may be returned. It does not know how it travels, nor what the catalogue holds."""

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field

from firstlight import _arguments


@dataclass(frozen=True, slots=True)
class Filter:
    """Items that may be returned. Every condition given must hold; an empty filter admits every available item.

    Attributes:
        categories: The item's category path must hold one of these names, or begin with one of these paths
            (levels joined by " > "). Case does not matter.
        brands: The item's brand must be one of these. Case does not matter.
        min_price: The lowest price admitted, in the catalogue's currency. Items without a price do not pass.
        max_price: The highest price admitted, in the catalogue's currency. Items without a price do not pass.
        include_unavailable: Whether items that are not available pass too.
        attributes: For every name, the item must carry one of the values.

    Raises:
        TypeError: A value has the wrong type.

    """

    _: KW_ONLY
    categories: Sequence[str] = ()
    brands: Sequence[str] = ()
    min_price: float | None = None
    max_price: float | None = None
    include_unavailable: bool = False
    attributes: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]], hash=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "categories", _arguments.texts("Filter.categories", self.categories))
        object.__setattr__(self, "brands", _arguments.texts("Filter.brands", self.brands))
        for name in ("min_price", "max_price"):
            if (price := getattr(self, name)) is not None:
                object.__setattr__(self, name, _arguments.number(f"Filter.{name}", price))
        _arguments.flag("Filter.include_unavailable", self.include_unavailable)
        object.__setattr__(self, "attributes", _attributes(self.attributes))


def _attributes(value: object) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, Mapping):
        raise TypeError(f"Filter.attributes must map names to values, got {type(value).__name__} {value!r:.80}")
    pairs: Mapping[object, object] = value  # pyright: ignore[reportUnknownVariableType]
    return {
        _arguments.text("Filter.attributes' name", key): _arguments.texts(f"Filter.attributes[{key!r}]", values)
        for key, values in pairs.items()
    }
