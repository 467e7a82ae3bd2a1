"""Between dataclasses and messages of ProfileService: the only file of the SDK that touches their fields.

It does not check anything (the caller has) and does not call anything.
"""

from collections.abc import Iterable

from firstlight._convert import EVENT_TYPES, event_message, moment, request_warning
from firstlight._enums import Change, EventType
from firstlight._profile import (
    Drift,
    InterestChange,
    InterestCluster,
    InterestProfile,
    NextEventType,
    NextStep,
    ProfiledInterest,
    TrajectoryPoint,
)
from firstlight._profile_query import ProfileQuery
from firstlight.v1 import profile_service_pb2 as profile_pb
from firstlight.v1 import types_pb2 as types_pb

# Changes of a newer service read as UNKNOWN: proto3's enums are open.
CHANGES: "dict[profile_pb.Change.ValueType, Change]" = {
    profile_pb.Change.Value(f"CHANGE_{each.name}"): each for each in Change if each is not Change.UNKNOWN
}
_TYPES: "dict[types_pb.EventType.ValueType, EventType]" = {number: each for each, number in EVENT_TYPES.items()}


def profile_request(query: ProfileQuery, *, tenant: str, request_id: str) -> profile_pb.GetInterestProfileRequest:
    """Return the message that asks for a profile."""
    return profile_pb.GetInterestProfileRequest(
        tenant=tenant,
        user_id=query.user_id or "",
        events=[event_message(each) for each in query.events],
        most=query.most or 0,
        want_trajectory=query.want_trajectory,
        request_id=request_id,
    )


def profile(reply: profile_pb.GetInterestProfileResponse) -> InterestProfile:
    """Return what a reply says of a user."""
    return InterestProfile(
        long_term=_interests(reply.long_term),
        short_term=_interests(reply.short_term),
        clusters=tuple(_cluster(each) for each in reply.clusters),
        drift=_drift(reply.drift),
        trajectory=tuple(_point(each) for each in reply.trajectory),
        next=_next(reply.next),
        event_count=reply.event_count,
        warnings=tuple(request_warning(each) for each in reply.warnings),
        snapshot_id=reply.snapshot_id,
        request_id=reply.request_id,
    )


def _interest(message: profile_pb.Interest) -> ProfiledInterest:
    return ProfiledInterest(category=message.category, brand=message.brand, weight=message.weight)


def _interests(messages: Iterable[profile_pb.Interest]) -> tuple[ProfiledInterest, ...]:
    return tuple(_interest(each) for each in messages)


def _cluster(message: profile_pb.InterestCluster) -> InterestCluster:
    return InterestCluster(weight=message.weight, name=message.name, item_ids=tuple(message.item_ids))


def _drift(message: profile_pb.Drift) -> Drift:
    return Drift(
        score=message.score,
        detected=message.detected,
        detected_at=moment(message.detected_at) if message.HasField("detected_at") else None,
        events_since=message.events_since,
        changes=tuple(_change(each) for each in message.changes),
    )


def _change(message: profile_pb.InterestChange) -> InterestChange:
    return InterestChange(
        interest=_interest(message.interest),
        change=CHANGES.get(message.change, Change.UNKNOWN),
        weight_before=message.weight_before,
    )


def _point(message: profile_pb.TrajectoryPoint) -> TrajectoryPoint:
    at = moment(message.at) if message.HasField("at") else None
    return TrajectoryPoint(at=at, interests=_interests(message.interests))


def _next(message: profile_pb.NextStep) -> NextStep:
    known = [each for each in message.event_types if each.type in _TYPES]
    return NextStep(
        categories=_interests(message.categories),
        brands=_interests(message.brands),
        event_types=tuple(NextEventType(type=_TYPES[each.type], probability=each.probability) for each in known),
    )
