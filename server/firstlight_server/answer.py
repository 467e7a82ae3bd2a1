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


@dataclass(frozen=True)
class Notice:
    """Something odd that was tolerated: the request's field, and the value and the way out in words."""

    code: WarningCode
    field: str
    message: str


@dataclass(frozen=True)
class Reason:
    """Why an item is there: ``share`` is in score units, ``index`` the place in the request (0 for the prior)."""

    kind: ReasonKind
    index: int
    share: float
    text: str


class Item(NamedTuple):
    """What people need to know about an item; its category is a path, root first."""

    item_id: str
    title: str
    category: tuple[str, ...] = ()
    brand: str | None = None
    price: float | None = None


class RankedItem(NamedTuple):
    """One recommended item. A tuple, which is quickly made, for every answer brings ten."""

    item: Item
    score: float
    source: Source
    reasons: tuple[Reason, ...] = ()

    @property
    def item_id(self) -> str:
        """The item's id in the catalogue."""
        return self.item.item_id


@dataclass(frozen=True)
class Answer:
    """The items, best first, with notices and rung, and how probable a hit among the first ten is; None: unknown."""

    items: tuple[RankedItem, ...]
    notices: tuple[Notice, ...]
    confidence: float | None = None
    rung: Rung = Rung.FULL
