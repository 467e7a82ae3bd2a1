"""How a fake server ranks: resemblance to the events, words shared with the declarations, and position for popularity.

Deterministic and plausible, no more. It does not know the wire, and knows a `Query` as the client asked it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from firstlight._enums import EventType, ReasonKind, Source, WarningCode
from firstlight._event import Event
from firstlight._filter import Filter
from firstlight._query import Query
from firstlight._recommendation import Reason, Recommendation, RecommendedItem, RequestWarning
from firstlight._user_event import UserEvent
from firstlight.testing._catalogue import FakeItem

DEFAULT_PAGE_SIZE = 10

_EVENT_WEIGHTS = {EventType.VIEW: 0.4, EventType.REMOVE_FROM_CART: -0.4, EventType.DISLIKE: -1.0}
_PRIOR_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class Evidence:
    """One event or declaration that speaks for or against items."""

    kind: ReasonKind
    index: int
    weight: float
    words: str
    item: FakeItem | None = None
    event_id: str = ""

    def for_item(self, item: FakeItem) -> float:
        """Return what it adds to the item's score."""
        likeness = item.matches(self.words) if self.item is None else item.resembles(self.item)
        return self.weight * likeness


def recommend(query: Query, catalogue: Sequence[FakeItem], *, stored: Sequence[UserEvent] = ()) -> Recommendation:
    """Rank the catalogue for one user, of whom events are stored."""
    by_id = {item.item_id: item for item in catalogue}
    fresh = [each for each in stored if each.event not in query.events]
    evidence = (*_evidence(query, by_id), *_stored_evidence(fresh, by_id))
    done = (*query.events, *(each.event for each in fresh))
    excluded = {*query.exclude, *(() if query.include_seen else (event.item_id for event in done))}
    ranked = [
        _scored(item, place, evidence, source=_source(query, evidence))
        for place, item in enumerate(_admitted(catalogue, query.filter, excluded))
    ]
    ranked.sort(key=lambda each: -each.score)
    page_size = query.page_size or DEFAULT_PAGE_SIZE
    items = tuple(each if query.want_reasons else replace(each, reasons=()) for each in ranked[:page_size])
    warnings = tuple(_warnings(query, by_id, len(items), page_size))
    return Recommendation(items=items, warnings=warnings, stored_event_count=len(fresh))


def similar(item: FakeItem, query: Query, catalogue: Sequence[FakeItem]) -> Recommendation:
    """Rank the catalogue by resemblance to one item, the item itself left out."""
    others = _admitted(catalogue, query.filter, {item.item_id, *query.exclude})
    ranked = sorted(others, key=lambda other: -item.resembles(other))
    page_size = query.page_size or DEFAULT_PAGE_SIZE
    items = tuple(_recommended(other, item.resembles(other), Source.MODEL) for other in ranked[:page_size])
    return Recommendation(items=items, warnings=tuple(_narrow(len(items), page_size)))


def _evidence(query: Query, by_id: dict[str, FakeItem]) -> Iterator[Evidence]:
    for index, event in enumerate(query.events):
        item = by_id.get(event.item_id)
        counted = event not in query.events[:index]
        if counted and (item is not None or event.text):
            yield Evidence(ReasonKind.EVENT, index, _weight(event), event.text, item)
    for index, interest in enumerate(query.interests):
        weight = 1.0 if interest.weight is None else interest.weight
        yield Evidence(ReasonKind.DECLARATION, index, weight, interest.value)


def _stored_evidence(stored: Sequence[UserEvent], by_id: dict[str, FakeItem]) -> Iterator[Evidence]:
    for each in stored:
        item = by_id.get(each.event.item_id)
        if item is not None or each.event.text:
            weight = _weight(each.event)
            yield Evidence(ReasonKind.STORED_EVENT, 0, weight, each.event.text, item, each.event_id)


def _weight(event: Event) -> float:
    return _EVENT_WEIGHTS.get(event.type, 1.0) * (1.0 if event.weight is None else event.weight)


def _source(query: Query, evidence: tuple[Evidence, ...]) -> Source:
    kinds = {each.kind for each in evidence}
    if kinds & {ReasonKind.EVENT, ReasonKind.STORED_EVENT}:
        return Source.MODEL
    if ReasonKind.DECLARATION in kinds:
        return Source.DECLARED
    return Source.FALLBACK if query.events else Source.PRIOR


def _admitted(catalogue: Sequence[FakeItem], condition: Filter | None, excluded: set[str]) -> list[FakeItem]:
    checked = Filter() if condition is None else condition
    return [item for item in catalogue if item.item_id not in excluded and item.passes(checked)]


def _scored(item: FakeItem, place: int, evidence: tuple[Evidence, ...], *, source: Source) -> RecommendedItem:
    prior = _PRIOR_SHARE / (1 + place)
    reasons = [Reason(kind=ReasonKind.PRIOR, share=prior, text="It is popular.")]
    for each in evidence:
        share = each.for_item(item)
        about = each.words if each.item is None else each.item.title
        text = f"It is like “{about}”."
        reasons.append(Reason(kind=each.kind, index=each.index, share=share, text=text, event_id=each.event_id))
    reasons.sort(key=lambda reason: -reason.share)
    return _recommended(item, sum(reason.share for reason in reasons), source, tuple(reasons))


def _recommended(item: FakeItem, score: float, source: Source, reasons: tuple[Reason, ...] = ()) -> RecommendedItem:
    return RecommendedItem(
        item_id=item.item_id,
        title=item.title,
        score=score,
        source=source,
        reasons=reasons,
        category=item.category,
        brand=item.brand,
        price=item.price,
    )


def _warnings(query: Query, by_id: dict[str, FakeItem], found: int, wanted: int) -> Iterator[RequestWarning]:
    for index, event in enumerate(query.events):
        if event.item_id not in by_id and not event.text:
            message = f"the snapshot holds no item {event.item_id!r}; send its title as text"
            yield RequestWarning(code=WarningCode.UNKNOWN_ITEM, field=f"events[{index}].item_id", message=message)
        if event in query.events[:index]:
            message = "the same event was sent before; it counts once"
            yield RequestWarning(code=WarningCode.DUPLICATE_EVENT, field=f"events[{index}]", message=message)
    yield from _narrow(found, wanted)


def _narrow(found: int, wanted: int) -> Iterator[RequestWarning]:
    if found < wanted:
        message = f"only {found} of {wanted} items pass; widen the filter or exclude less"
        yield RequestWarning(code=WarningCode.FILTER_TOO_NARROW, field="filter", message=message)
