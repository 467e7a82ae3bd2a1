"""Which items a caller will have: the wire's Filter as plain data. It knows nothing of any catalogue."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class AttributeCondition:
    """The item must carry one of `values` under the attribute `key`; both are compared as they are written."""

    key: str
    values: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ItemFilter:
    """Every condition given must hold; an empty filter admits every available item. Hashable, so masks can be kept."""

    categories: tuple[str, ...] = ()
    """Level names ("Cold cereal") or paths from the root ("Grocery > Breakfast"); case does not matter."""
    brands: tuple[str, ...] = ()
    """Case does not matter."""
    min_price: float | None = None
    """In the catalogue's currency; items without a price do not pass."""
    max_price: float | None = None
    """In the catalogue's currency; items without a price do not pass."""
    include_unavailable: bool = False
    attributes: tuple[AttributeCondition, ...] = ()


EVERYTHING: Final = ItemFilter()
"""Admits every available item."""
