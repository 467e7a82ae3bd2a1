"""The nouns of an answer: ranked items, where each came from and why, and what was odd in the question.

The enums' names are the API's without their prefix. Knows nothing of protobuf, snapshots or vectors.
"""

from dataclasses import dataclass
from enum import Enum, auto
from typing import NamedTuple

from firstlight_server.degradation.rung import Rung


class Source(Enum):
    """Where a recommendation came from."""

    MODEL = auto()
    PRIOR = auto()
    DECLARED = auto()
    FALLBACK = auto()


class ReasonKind(Enum):
    """What a reason refers to."""

    EVENT = auto()
    DECLARATION = auto()
    PRIOR = auto()
    STORED_EVENT = auto()
    RULE = auto()
    OTHERS = auto()


class WarningCode(Enum):
    """What a notice is about."""

    UNKNOWN_ITEM = auto()
    FILTER_TOO_NARROW = auto()
    HISTORY_TRUNCATED = auto()
    DUPLICATE_EVENT = auto()
    CONTRADICTION = auto()
    UNKNOWN_FILTER_VALUE = auto()
    FUTURE_TIMESTAMP = auto()
    TEXT_IGNORED = auto()
    DEGRADED = auto()
    HISTORY_UNAVAILABLE = auto()
    IMPRESSION_NOT_RECORDED = auto()
    PIN_IGNORED = auto()
    CAP_TOO_NARROW = auto()
    UNKNOWN_REQUEST = auto()


@dataclass(frozen=True)
class Notice:
    """Something odd that was tolerated: the request's field, and the value and the way out in words."""

    code: WarningCode
    field: str
    message: str


@dataclass(frozen=True)
class Reason:
    """Why an item is there: ``share`` is in score units, ``index`` the place in the request (0 where it has none).

    Attributes:
        event_id: of a STORED_EVENT.
        rule: of a RULE.
        rank_without: the item's rank, from 1, were this not there; None where nobody asked.
    """

    kind: ReasonKind
    index: int
    share: float
    text: str
    event_id: str = ""
    rule: str = ""
    rank_without: int | None = None


class Item(NamedTuple):
    """What people need to know about an item; its category is a path, root first."""

    item_id: str
    title: str
    category: tuple[str, ...] = ()
    brand: str | None = None
    price: float | None = None


class RankedItem(NamedTuple):
    """One recommended item. A tuple, which is quickly made, for every answer brings ten.

    Attributes:
        propensity: how probable it was that the policy would show it in this place.
        explored: whether it is shown to learn about it.
    """

    item: Item
    score: float
    source: Source
    reasons: tuple[Reason, ...] = ()
    propensity: float = 1.0
    explored: bool = False

    @property
    def item_id(self) -> str:
        """The item's id in the catalogue."""
        return self.item.item_id


@dataclass(frozen=True)
class Answer:
    """The items, best first, with notices and rung, and how probable a hit among the first ten is; None: unknown.

    Attributes:
        arm: the arm of the tenant's experiment; empty if there is none.
        policy: what chose the items.
        context: what the policy must be reminded of when feedback comes; empty if nothing.
        stored_event_count: how many stored events were read.
        drift_detected: whether recent events were weighed more.
        reasons_method: how the reasons' shares were computed; empty without reasons.
    """

    items: tuple[RankedItem, ...]
    notices: tuple[Notice, ...]
    confidence: float | None = None
    rung: Rung = Rung.FULL
    arm: str = ""
    policy: str = "greedy"
    context: bytes = b""
    stored_event_count: int = 0
    drift_detected: bool = False
    reasons_method: str = ""
