"""An event: one thing a newcomer did. It does not know how it travels."""

from dataclasses import KW_ONLY, dataclass
from datetime import datetime
from typing import Self

from firstlight import _arguments
from firstlight._enums import EventType


@dataclass(frozen=True, slots=True)
class Event:
    """One thing a newcomer did, such as `Event.purchase("82914")`.

    Attributes:
        item_id: The catalogue's id. One that the snapshot does not hold is encoded from `text`, else ignored
            with a warning.
        type: What was done; its string ("purchase") will do as well.
        timestamp: When, with a time zone. If absent, events count as just now, in the order given.
        weight: How much it counts; if absent, 1. Negative speaks against the item.
        text: The item's title, used only where `item_id` is unknown to the snapshot.

    Raises:
        TypeError: A value has the wrong type.
        ValueError: An unknown event type, or a timestamp without a time zone.

    """

    item_id: str = ""
    _: KW_ONLY
    type: EventType = EventType.VIEW
    timestamp: datetime | None = None
    weight: float | None = None
    text: str = ""

    def __post_init__(self) -> None:
        _arguments.text("Event.item_id", self.item_id)
        _arguments.text("Event.text", self.text)
        object.__setattr__(self, "type", _event_type(self.type))
        if self.weight is not None:
            object.__setattr__(self, "weight", _arguments.number("Event.weight", self.weight))
        if self.timestamp is not None:
            _check_timestamp(self.timestamp)

    @classmethod
    def view(cls, item_id: str, *, timestamp: datetime | None = None, weight: float | None = None) -> Self:
        """Make the event of a user who looked at the item."""
        return cls(item_id, type=EventType.VIEW, timestamp=timestamp, weight=weight)

    @classmethod
    def cart(cls, item_id: str, *, timestamp: datetime | None = None, weight: float | None = None) -> Self:
        """Make the event of a user who put the item into the cart."""
        return cls(item_id, type=EventType.CART, timestamp=timestamp, weight=weight)

    @classmethod
    def purchase(cls, item_id: str, *, timestamp: datetime | None = None, weight: float | None = None) -> Self:
        """Make the event of a user who bought the item."""
        return cls(item_id, type=EventType.PURCHASE, timestamp=timestamp, weight=weight)

    @classmethod
    def favorite(cls, item_id: str, *, timestamp: datetime | None = None, weight: float | None = None) -> Self:
        """Make the event of a user who marked the item as a favourite."""
        return cls(item_id, type=EventType.FAVORITE, timestamp=timestamp, weight=weight)

    @classmethod
    def remove_from_cart(cls, item_id: str, *, timestamp: datetime | None = None, weight: float | None = None) -> Self:
        """Make the event of a user who took the item out of the cart: weak evidence against it."""
        return cls(item_id, type=EventType.REMOVE_FROM_CART, timestamp=timestamp, weight=weight)

    @classmethod
    def dislike(cls, item_id: str, *, timestamp: datetime | None = None, weight: float | None = None) -> Self:
        """Make the event of a user who does not like the item; it is never recommended back."""
        return cls(item_id, type=EventType.DISLIKE, timestamp=timestamp, weight=weight)

    @classmethod
    def rating(cls, item_id: str, weight: float, *, timestamp: datetime | None = None) -> Self:
        """Make the event of a user who rated the item; `weight` is the rating's strength, negative for a bad one."""
        return cls(item_id, type=EventType.RATING, timestamp=timestamp, weight=weight)


def _event_type(value: object) -> EventType:
    try:
        return EventType(value)  # type: ignore[arg-type]  # anything else raises
    except ValueError:
        known = ", ".join(EventType)
        raise ValueError(f"Event.type must be one of {known}; got {value!r}") from None


def _check_timestamp(value: object) -> None:
    if not isinstance(value, datetime):
        raise TypeError(f"Event.timestamp must be a datetime, got {type(value).__name__} {value!r:.80}")
    if value.utcoffset() is None:
        raise ValueError(f"Event.timestamp must carry a time zone, got {value.isoformat()}: add tzinfo=datetime.UTC")
