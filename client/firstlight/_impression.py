"""What a user was shown, as it is stored. It does not know how it travelled."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownItem:
    """An item as it was shown.

    Attributes:
        item_id: The catalogue's id.
        propensity: How probable it was, in 0..1, that it would be shown in this place.
        explored: Whether it was shown to learn about it.

    """

    item_id: str
    propensity: float = 1.0
    explored: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Impression:
    """What one answer showed.

    Attributes:
        request_id: The answer's id.
        shown_at: When it was given, in UTC.
        snapshot_id: The snapshot that answered.
        arm: The arm of the experiment that answered, empty if there was none.
        policy: What chose the items.
        items: The items, best first.

    """

    request_id: str
    shown_at: datetime
    snapshot_id: str = ""
    arm: str = ""
    policy: str = ""
    items: tuple[ShownItem, ...] = ()
