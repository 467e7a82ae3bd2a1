"""The nouns of re-ranking: what a request asks of its page. Knows nothing of items, scores or how rules are kept."""

from dataclasses import dataclass, replace

from firstlight_store import ItemFilter


@dataclass(frozen=True)
class Boost:
    """Moves the items of ``filter`` by ``amount`` times the spread of the page's scores."""

    filter: ItemFilter
    amount: float


@dataclass(frozen=True)
class Pin:
    """Puts an item into a ``place``, from 1."""

    item_id: str
    place: int


@dataclass(frozen=True, kw_only=True)
class Reranking:
    """How a page is arranged; by default it is not.

    Attributes:
        diversity: how much likeness to the items above counts, in [0, 1].
        max_per_category: how many items of one category there may be; None for any number.
        max_per_brand: likewise.
        calibration: how much the page's mix of categories should be the user's, in [0, 1].
        boosts: what to move up or down.
        pins: items for places.
        blocks: items never to show.
        impression_discount: how many spreads a score falls for each time that the item was shown and left alone.
    """

    diversity: float = 0.0
    max_per_category: int | None = None
    max_per_brand: int | None = None
    calibration: float = 0.0
    boosts: tuple[Boost, ...] = ()
    pins: tuple[Pin, ...] = ()
    blocks: tuple[ItemFilter, ...] = ()
    impression_discount: float = 0.0

    @property
    def arranges(self) -> bool:
        """Whether anything is to be moved: blocks only take items away, before anything is ranked."""
        return replace(self, blocks=()) != AS_RANKED


AS_RANKED = Reranking()
"""The page as it is ranked."""
