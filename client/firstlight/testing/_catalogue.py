"""The items that a fake server holds: what they are, which pass a filter, how much two resemble each other."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from firstlight._filter import Filter


@dataclass(frozen=True, slots=True)
class FakeItem:
    """One item of a fake catalogue. Earlier items of a catalogue are the more popular ones.

    Attributes:
        item_id: Its id.
        title: Its title.
        category: The category path, root first.
        brand: The brand, empty if unknown.
        price: The price, None if unknown.
        available: Whether it can be bought.
        attributes: Attribute name -> value.

    """

    item_id: str
    title: str
    category: tuple[str, ...] = ()
    brand: str = ""
    price: float | None = None
    available: bool = True
    attributes: Mapping[str, str] = field(default_factory=dict[str, str], hash=False)

    def passes(self, condition: Filter) -> bool:
        """Whether every condition of the filter holds."""
        return (
            (self.available or condition.include_unavailable)
            and (not condition.categories or any(self._belongs_to(name) for name in condition.categories))
            and (not condition.brands or self.brand.casefold() in {brand.casefold() for brand in condition.brands})
            and self._costs(at_least=condition.min_price, at_most=condition.max_price)
            and all(self.attributes.get(key) in values for key, values in condition.attributes.items())
        )

    def matches(self, words: str) -> float:
        """How much of `words` the item's own texts hold, in 0..1."""
        wanted = _words(words)
        return len(wanted & self._words()) / len(wanted) if wanted else 0.0

    def resembles(self, other: "FakeItem") -> float:
        """How much two items have in common, in 0..1: the category first, then the brand, then the words."""
        levels = [mine == theirs for mine, theirs in zip(self.category, other.category, strict=False)]
        depth = max(len(self.category), len(other.category), 1)
        shared = levels.index(False) if False in levels else len(levels)
        words, others = self._words(), other._words()
        overlap = len(words & others) / max(len(words | others), 1)
        return 0.6 * shared / depth + 0.2 * (self.brand != "" and self.brand == other.brand) + 0.2 * overlap

    def _belongs_to(self, name: str) -> bool:
        wanted = [level.strip().casefold() for level in name.split(">")]
        path = [level.casefold() for level in self.category]
        return path[: len(wanted)] == wanted if len(wanted) > 1 else wanted[0] in path

    def _costs(self, *, at_least: float | None, at_most: float | None) -> bool:
        if at_least is None and at_most is None:
            return True
        if self.price is None:
            return False
        return (at_least is None or self.price >= at_least) and (at_most is None or self.price <= at_most)

    def _words(self) -> set[str]:
        return _words(" ".join((self.title, self.brand, *self.category)))


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold()))


_CEREAL = ("Grocery", "Breakfast", "Cold cereal")

CATALOGUE = (
    FakeItem("milk-1", "Whole milk, 1 gal", ("Grocery", "Dairy", "Milk"), "Meadow", 3.49, attributes={"size": "1 gal"}),
    FakeItem("cereal-1", "Corn flakes", _CEREAL, "Sunrise", 2.99, attributes={"size": "12 oz"}),
    FakeItem("bread-1", "Whole wheat bread", ("Grocery", "Bakery", "Bread"), "Mill & Co", 2.49),
    FakeItem("coffee-1", "Ground coffee, dark", ("Grocery", "Beverages", "Coffee"), "Harbour", 7.99),
    FakeItem("cereal-2", "Honey oat rings", _CEREAL, "Sunrise", 3.29, attributes={"size": "14 oz"}),
    FakeItem("yogurt-1", "Plain yogurt", ("Grocery", "Dairy", "Yogurt"), "Meadow", 0.99),
    FakeItem("cereal-3", "Granola with almonds", _CEREAL, "Alder", 4.79),
    FakeItem("oats-1", "Rolled oats", ("Grocery", "Breakfast", "Hot cereal"), "Alder", 3.99),
    FakeItem("tea-1", "Black tea, 40 bags", ("Grocery", "Beverages", "Tea"), "Harbour", 4.29),
    FakeItem("soap-1", "Hand soap, lavender", ("Household", "Bath", "Soap"), "Clearwell", 2.19),
    FakeItem("towel-1", "Paper towels, 6 rolls", ("Household", "Paper", "Towels"), "Clearwell", 8.99),
    FakeItem("cereal-4", "Chocolate puffs", _CEREAL, "Sunrise", 3.19, available=False),
)
"""A small grocery; the last item is not available."""
