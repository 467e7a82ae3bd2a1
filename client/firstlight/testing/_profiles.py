"""How a fake server profiles: shares of the categories and brands that a user touched.

Deterministic and plausible, no more: interests never shift. It does not know the wire.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from firstlight._enums import EventType, WarningCode
from firstlight._event import Event
from firstlight._profile import (
    InterestCluster,
    InterestProfile,
    NextEventType,
    NextStep,
    ProfiledInterest,
    TrajectoryPoint,
)
from firstlight._recommendation import RequestWarning
from firstlight.testing._catalogue import FakeItem

DEFAULT_MOST = 5
_LATEST = 5


def profile(
    events: Sequence[Event], stored: Sequence[Event], catalogue: Sequence[FakeItem], *, most: int, trajectory: bool
) -> InterestProfile:
    """Profile a user by what is sent and what is stored of them; of each kind, `most` at most."""
    by_id = {item.item_id: item for item in catalogue}
    known = [each for each in (*stored, *events) if each.item_id in by_id]
    items = [by_id[each.item_id] for each in known]
    points = [_point(each, items[: place + 1], most) for place, each in enumerate(known)] if trajectory else []
    return InterestProfile(
        long_term=_interests(items, most),
        short_term=_interests(items[-_LATEST:], most),
        clusters=_clusters(items)[:most],
        trajectory=tuple(points),
        next=_next(known, items or catalogue, most),
        event_count=len(known),
        warnings=tuple(_warnings(events, by_id)),
    )


def _interests(items: Sequence[FakeItem], most: int) -> tuple[ProfiledInterest, ...]:
    both = (*_categories(items)[:most], *_brands(items)[:most])
    return tuple(sorted(both, key=lambda each: -each.weight))


def _categories(items: Sequence[FakeItem]) -> list[ProfiledInterest]:
    return [ProfiledInterest(category=name, weight=share) for name, share in _shares(map(_path, items))]


def _brands(items: Sequence[FakeItem]) -> list[ProfiledInterest]:
    return [ProfiledInterest(brand=name, weight=share) for name, share in _shares(item.brand for item in items)]


def _path(item: FakeItem) -> str:
    return " > ".join(item.category)


def _shares(names: Iterable[str]) -> list[tuple[str, float]]:
    counts = Counter(name for name in names if name)
    return [(name, count / counts.total()) for name, count in counts.most_common()]


def _clusters(items: Sequence[FakeItem]) -> tuple[InterestCluster, ...]:
    groups: dict[str, list[str]] = {}
    for item in items:
        groups.setdefault(_path(item), []).insert(0, item.item_id)
    made = [
        InterestCluster(weight=len(ids) / len(items), name=name, item_ids=tuple(dict.fromkeys(ids))[:10])
        for name, ids in groups.items()
    ]
    return tuple(sorted(made, key=lambda each: -each.weight))


def _point(event: Event, items: Sequence[FakeItem], most: int) -> TrajectoryPoint:
    return TrajectoryPoint(at=event.timestamp, interests=tuple(_categories(items[-_LATEST:])[:most]))


def _next(events: Sequence[Event], items: Sequence[FakeItem], most: int) -> NextStep:
    types = _shares(str(each.type) for each in events) or [(str(EventType.VIEW), 1.0)]
    return NextStep(
        categories=tuple(_categories(items)[:most]),
        brands=tuple(_brands(items)[:most]),
        event_types=tuple(NextEventType(type=EventType(name), probability=share) for name, share in types[:most]),
    )


def _warnings(events: Sequence[Event], by_id: dict[str, FakeItem]) -> Iterable[RequestWarning]:
    for place, event in enumerate(events):
        if event.item_id not in by_id and not event.text:
            message = f"the snapshot holds no item {event.item_id!r}; send its title as text"
            yield RequestWarning(code=WarningCode.UNKNOWN_ITEM, field=f"events[{place}].item_id", message=message)
