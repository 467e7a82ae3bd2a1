"""The nouns of a question: who asks, what is known of them, what may be returned.

Plain values, already validated. Knows nothing of protobuf, snapshots or vectors.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from firstlight_encoder.item_text import brand_text, category_text
from firstlight_encoder.tokens import TokenType
from firstlight_server.arrangement.rules import AS_RANKED, Reranking
from firstlight_server.exploration.trial import Trial
from firstlight_store import ItemFilter


class Event(NamedTuple):
    """One thing a newcomer did. A tuple, which is quickly made, for every request brings some.

    Attributes:
        item_id: the catalogue's id; may be empty or unknown.
        type: what was done, never ``TokenType.DECLARED``.
        at_s: when, in seconds since 1970 UTC; None means just now.
        weight: how much it counts; negative speaks against the item.
        text: the item's title, for items the snapshot does not hold.
        event_id: of an event that was stored; empty for one of the request.
    """

    item_id: str
    type: TokenType = TokenType.VIEW
    at_s: float | None = None
    weight: float = 1.0
    text: str = ""
    event_id: str = ""


class InterestKind(StrEnum):
    """What a declaration names."""

    CATEGORY = "category"
    BRAND = "brand"
    TEXT = "text"


@dataclass(frozen=True)
class Declaration:
    """An interest stated in words; a negative weight means "not this"."""

    kind: InterestKind
    words: str
    weight: float = 1.0

    @property
    def prompt(self) -> str:
        """The text that stands for this interest where the catalogue does not know it by name."""
        words = self.words.strip()
        if self.kind is InterestKind.CATEGORY:
            return category_text(words)
        return brand_text(words) if self.kind is InterestKind.BRAND else words

    @property
    def subject(self) -> tuple[str, str]:
        """What it is about, whatever its weight; neither case nor spacing matters."""
        return self.kind.value, " ".join(self.words.casefold().split())


@dataclass(frozen=True)
class Scope:
    """What may be returned: at most ``page_size`` items, all passing ``filter``, none in ``exclude_item_ids``."""

    page_size: int = 10
    exclude_item_ids: tuple[str, ...] = ()
    filter: ItemFilter = field(default_factory=ItemFilter)


@dataclass(frozen=True)
class RecommendQuery:
    """A request for recommendations for one user.

    Attributes:
        user_id: who is asked for, as the platform knows them; empty if nobody says.
        exploit_only: whether nothing is to be shown to learn about it.
        unrecorded: whether what is shown is not to be remembered.
        language: of the sentences in reasons, a BCP 47 tag; empty: English.
        want_counterfactuals: whether reasons say at which rank the item would be without them.
        trial: its part in the tenant's experiment; None if there is none.
        reranking: how the page is arranged.
        untouched: how often the user was shown an item without touching it, by its id: what the impression discount
            counts, so nobody need find it out where there is none.
    """

    events: tuple[Event, ...] = ()
    declarations: tuple[Declaration, ...] = ()
    scope: Scope = field(default_factory=Scope)
    want_reasons: bool = False
    include_seen: bool = False
    user_id: str = ""
    exploit_only: bool = False
    unrecorded: bool = False
    language: str = ""
    want_counterfactuals: bool = False
    trial: Trial | None = None
    reranking: Reranking = AS_RANKED
    untouched: Mapping[str, int] = field(default_factory=dict[str, int])

    @property
    def explores(self) -> bool:
        """Whether items may be shown to learn about them: never where rules say what stands where."""
        return not (self.exploit_only or self.reranking.arranges)


@dataclass(frozen=True)
class SimilarQuery:
    """A request for the neighbours of one item."""

    item_id: str
    scope: Scope = field(default_factory=Scope)
