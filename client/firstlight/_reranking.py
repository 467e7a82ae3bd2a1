"""How a page is arranged, beyond its ranking. It does not know how it travels, nor the service's limits."""

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass

from firstlight import _arguments
from firstlight._filter import Filter


@dataclass(frozen=True, slots=True)
class Boost:
    """Moves items up or down, such as `Boost(Filter(brands=["Acme"]), 0.5)`.

    Attributes:
        filter: Which items; at least one condition.
        amount: Added to their scores, in units of the spread of the page's scores: 1 lifts the last item of a page
            level with its first. In -10..10.

    Raises:
        TypeError: A value has the wrong type.

    """

    filter: Filter
    amount: float

    def __post_init__(self) -> None:
        _arguments.instance("Boost.filter", self.filter, Filter)
        object.__setattr__(self, "amount", _arguments.number("Boost.amount", self.amount))


@dataclass(frozen=True, slots=True)
class Pin:
    """Puts one item into one place, such as `Pin("82914", 1)`.

    Attributes:
        item_id: The catalogue's id.
        place: The place, from 1, within the page.

    Raises:
        TypeError: A value has the wrong type.

    """

    item_id: str
    place: int

    def __post_init__(self) -> None:
        _arguments.text("Pin.item_id", self.item_id)
        _arguments.integer("Pin.place", self.place)


@dataclass(frozen=True, slots=True)
class Reranking:
    """How a page is arranged once its items are ranked. Everything is off by default.

    Attributes:
        diversity: How much likeness to the items above counts against an item, in 0..1.
        max_per_category: At most so many items of one category, the deepest level of its path. If None, any number.
        max_per_brand: At most so many items of one brand. If None, any number.
        calibration: How much the page's mix of categories should match that of the user's events, in 0..1.
        boosts: What to move up or down.
        pins: Items for given places.
        blocks: Items never to show; each filter has at least one condition.
        impression_discount: How much an item's score falls for each time that the user was shown it without touching
            it, in 0..1 of the spread of the page's scores.

    Raises:
        TypeError: A value has the wrong type.
        ValueError: A value that the wire cannot carry, or a cap of 0.

    """

    _: KW_ONLY
    diversity: float = 0.0
    max_per_category: int | None = None
    max_per_brand: int | None = None
    calibration: float = 0.0
    boosts: Sequence[Boost] = ()
    pins: Sequence[Pin] = ()
    blocks: Sequence[Filter] = ()
    impression_discount: float = 0.0

    def __post_init__(self) -> None:
        for name in ("diversity", "calibration", "impression_discount"):
            object.__setattr__(self, name, _arguments.number(f"Reranking.{name}", getattr(self, name)))
        for name in ("max_per_category", "max_per_brand"):
            if (most := getattr(self, name)) is not None:
                _check_cap(f"Reranking.{name}", most)
        object.__setattr__(self, "boosts", _arguments.instances("Reranking.boosts", self.boosts, Boost))
        object.__setattr__(self, "pins", _arguments.instances("Reranking.pins", self.pins, Pin))
        object.__setattr__(self, "blocks", _arguments.instances("Reranking.blocks", self.blocks, Filter))


def _check_cap(name: str, most: object) -> None:
    if _arguments.integer(name, most) == 0:  # on the wire, 0 is no cap at all
        raise ValueError(f"{name} must be at least 1, got 0: leave it None for no cap")
