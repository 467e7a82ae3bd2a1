"""The server's side of `firstlight._convert_profile`: answers to messages. It does not decide anything."""

from collections.abc import Iterable
from datetime import datetime

from google.protobuf.timestamp_pb2 import Timestamp

from firstlight._convert import EVENT_TYPES, timestamp
from firstlight._convert_profile import CHANGES
from firstlight._enums import Change
from firstlight._profile import (
    Drift,
    InterestChange,
    InterestCluster,
    InterestProfile,
    NextStep,
    ProfiledInterest,
    TrajectoryPoint,
)
from firstlight.testing._wire import warning_message
from firstlight.v1 import profile_service_pb2 as profile_pb

_CHANGES: "dict[Change, profile_pb.Change.ValueType]" = {change: number for number, change in CHANGES.items()}


def profile_response(profile: InterestProfile) -> profile_pb.GetInterestProfileResponse:
    """Return the message that tells what a user is interested in."""
    return profile_pb.GetInterestProfileResponse(
        long_term=_interests(profile.long_term),
        short_term=_interests(profile.short_term),
        clusters=[_cluster(each) for each in profile.clusters],
        drift=_drift(profile.drift),
        trajectory=[_point(each) for each in profile.trajectory],
        next=_next(profile.next),
        event_count=profile.event_count,
        warnings=[warning_message(each) for each in profile.warnings],
        snapshot_id=profile.snapshot_id,
        request_id=profile.request_id,
    )


def _interest(interest: ProfiledInterest) -> profile_pb.Interest:
    if interest.brand:
        return profile_pb.Interest(brand=interest.brand, weight=interest.weight)
    return profile_pb.Interest(category=interest.category, weight=interest.weight)


def _interests(interests: Iterable[ProfiledInterest]) -> list[profile_pb.Interest]:
    return [_interest(each) for each in interests]


def _cluster(cluster: InterestCluster) -> profile_pb.InterestCluster:
    return profile_pb.InterestCluster(weight=cluster.weight, name=cluster.name, item_ids=cluster.item_ids)


def _drift(drift: Drift) -> profile_pb.Drift:
    return profile_pb.Drift(
        score=drift.score,
        detected=drift.detected,
        detected_at=_time(drift.detected_at),
        events_since=drift.events_since,
        changes=[_change(each) for each in drift.changes],
    )


def _change(change: InterestChange) -> profile_pb.InterestChange:
    return profile_pb.InterestChange(
        interest=_interest(change.interest),
        change=_CHANGES.get(change.change, profile_pb.CHANGE_UNSPECIFIED),
        weight_before=change.weight_before,
    )


def _point(point: TrajectoryPoint) -> profile_pb.TrajectoryPoint:
    return profile_pb.TrajectoryPoint(at=_time(point.at), interests=_interests(point.interests))


def _next(step: NextStep) -> profile_pb.NextStep:
    return profile_pb.NextStep(
        categories=_interests(step.categories),
        brands=_interests(step.brands),
        event_types=[
            profile_pb.NextEventType(type=EVENT_TYPES[each.type], probability=each.probability)
            for each in step.event_types
        ],
    )


def _time(when: datetime | None) -> Timestamp | None:
    return None if when is None else timestamp(when)
