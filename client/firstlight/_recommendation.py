"""A recommendation: the answer about one user, with its items, reasons and warnings.

It does not know how it travelled.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from firstlight._enums import ReasonKind, Rung, Source, WarningCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why an item is in the answer.

    Attributes:
        kind: What it refers to.
        index: The event's or declaration's place in the request, from 0 (see `Query.interests`). Zero for other kinds.
        share: How much of the item's score this is worth, in score units; may be negative.
        text: A sentence for people, in the query's language.
        event_id: The stored event's id, empty for other kinds.
        rule: The name of the rule that moved the item, empty for other kinds.
        rank_without: The item's rank, from 1, were this not there. None unless counterfactuals were asked for.

    """

    kind: ReasonKind
    index: int = 0
    share: float = 0.0
    text: str = ""
    event_id: str = ""
    rule: str = ""
    rank_without: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestWarning:
    """Something the caller should know, though the call succeeded. It is data, not a Python warning.

    Attributes:
        code: What it is about.
        field: The request's field it is about, such as "events[2].item_id".
        message: For people: the value and the way out.

    """

    code: WarningCode
    field: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecommendedItem:
    """One recommended item.

    Attributes:
        item_id: The catalogue's id.
        title: The item's title, for people.
        score: The score by which the answer is sorted, highest first, but for explored items, which keep their own.
            Comparable within one reply only.
        source: Where it came from.
        reasons: Why, the strongest first; empty unless asked for.
        category: The category path, root first.
        brand: The brand, empty if unknown.
        price: The price in the catalogue's currency, None if unknown.
        propensity: How probable it was, in 0..1, that the policy would show it in this place.
        explored: Whether it is shown to learn about it, not because it ranked here.

    """

    item_id: str
    title: str = ""
    score: float = 0.0
    source: Source = Source.UNKNOWN
    reasons: tuple[Reason, ...] = ()
    category: tuple[str, ...] = ()
    brand: str = ""
    price: float | None = None
    propensity: float = 1.0
    explored: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    """The answer about one user, or about one item's neighbours. Iterating it gives its items.

    Attributes:
        items: The items, best first. For neighbours, scores are cosines.
        warnings: What was odd in the request.
        snapshot_id: The snapshot that answered.
        request_id: The call's id, for the logs of both sides.
        confidence: How probable it is, in 0..1, that one of the first ten items is among those that the user takes
            next (in their next basket or visit), whatever page size was asked for; with a filter, among those that
            pass it. None for an item's neighbours, or where the snapshot cannot tell.
        rung: What the answer was made with: below FULL the service was short of time, and there is a DEGRADED warning.
            UNKNOWN for an item's neighbours.
        arm: The arm of the tenant's experiment that answered, empty if there is none.
        policy: What chose the items, such as "greedy" or "thompson"; empty for an item's neighbours.
        stored_event_count: How many stored events of the user were read.
        drift_detected: Whether the user's interests were found to have shifted.
        reasons_method: How the reasons' shares were computed, such as "shapley-exact"; empty without reasons.

    """

    items: tuple[RecommendedItem, ...] = ()
    warnings: tuple[RequestWarning, ...] = ()
    snapshot_id: str = ""
    request_id: str = ""
    confidence: float | None = None
    rung: Rung = Rung.UNKNOWN
    arm: str = ""
    policy: str = ""
    stored_event_count: int = 0
    drift_detected: bool = False
    reasons_method: str = ""

    @property
    def item_ids(self) -> tuple[str, ...]:
        """The items' ids, best first."""
        return tuple(item.item_id for item in self.items)

    def __iter__(self) -> Iterator[RecommendedItem]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)
