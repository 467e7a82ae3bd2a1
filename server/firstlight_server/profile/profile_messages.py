"""Translates between the messages of ProfileService and the server's nouns; expects validated messages.

Knows nothing of snapshots or vectors.
"""

from collections.abc import Iterable, Mapping, Sequence

from google.protobuf.timestamp_pb2 import Timestamp

from firstlight.v1 import profile_service_pb2 as pb
from firstlight.v1 import recommendation_service_pb2, types_pb2
from firstlight_encoder.profile.change_point import FIRES_AT
from firstlight_encoder.profile.interests import InterestChange
from firstlight_encoder.profile.user_profile import Cluster, Drift
from firstlight_server import messages
from firstlight_server.profile.profile_query import DEFAULT_MOST, ProfileAnswer, ProfileQuery


def profile_query(request: pb.GetInterestProfileRequest) -> ProfileQuery:
    """The question that a request asks."""
    user = recommendation_service_pb2.RecommendRequest(user_id=request.user_id, events=request.events)
    return ProfileQuery(messages.recommend_query(user), request.most or DEFAULT_MOST, request.want_trajectory)


def profile_response(answer: ProfileAnswer, *, snapshot_id: str, request_id: str) -> pb.GetInterestProfileResponse:
    """The reply that carries a profile."""
    profile = answer.profile
    return pb.GetInterestProfileResponse(
        long_term=_interests(profile.long),
        short_term=_interests(profile.short),
        clusters=[_cluster(one) for one in profile.clusters],
        drift=_drift(profile.drift, answer.times_s),
        trajectory=[
            pb.TrajectoryPoint(at=_time(answer.times_s[place]), interests=_interests({"category": shares}))
            for place, shares in profile.trajectory
        ],
        next=_next(profile.next),
        event_count=len(answer.times_s),
        warnings=[messages.warning_message(notice) for notice in answer.notices],
        snapshot_id=snapshot_id,
        request_id=request_id,
    )


def _interests(found: Mapping[str, Mapping[str, float]]) -> list[pb.Interest]:
    """Categories and brands together, strongest first."""
    both = [_interest(subject, name, weight) for subject, own in found.items() for name, weight in own.items()]
    return sorted(both, key=lambda interest: -round(interest.weight, 6))  # equal weights stay in order


def _interest(subject: str, name: str, weight: float) -> pb.Interest:
    if subject == "brand":
        return pb.Interest(brand=name, weight=weight)
    return pb.Interest(category=name, weight=weight)


def _cluster(cluster: Cluster) -> pb.InterestCluster:
    return pb.InterestCluster(weight=cluster.weight, name=cluster.name, item_ids=cluster.item_ids)


def _drift(drift: Drift, times_s: Sequence[float | None]) -> pb.Drift:
    moved = [(subject, one) for subject, own in drift.changes.items() for one in own]
    moved.sort(key=lambda pair: -pair[1].moved)
    return pb.Drift(
        score=drift.score,
        detected=drift.score >= FIRES_AT,
        detected_at=None if drift.noticed is None else _time(times_s[drift.noticed]),
        events_since=drift.events_since,
        changes=[_change(*pair) for pair in moved],
    )


def _change(subject: str, change: InterestChange) -> pb.InterestChange:
    return pb.InterestChange(
        interest=_interest(subject, change.name, change.weight),
        change=pb.Change.Value(f"CHANGE_{change.change.name}"),
        weight_before=change.before,
    )


def _next(likely: Mapping[str, Iterable[tuple[str, float]]]) -> pb.NextStep:
    return pb.NextStep(
        categories=[_interest("category", *one) for one in likely.get("category", ())],
        brands=[_interest("brand", *one) for one in likely.get("brand", ())],
        event_types=[
            pb.NextEventType(type=types_pb2.EventType.Value(f"EVENT_TYPE_{name.upper()}"), probability=probability)
            for name, probability in likely.get("event_type", ())
        ],
    )


def _time(at_s: float | None) -> Timestamp | None:
    if at_s is None:
        return None
    moment = Timestamp()
    moment.FromNanoseconds(round(at_s * 1e9))
    return moment
