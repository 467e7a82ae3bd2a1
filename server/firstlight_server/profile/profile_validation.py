"""Checks what is asked of a profile. Knows nothing of answers."""

from firstlight.v1 import profile_service_pb2 as pb
from firstlight.v1 import recommendation_service_pb2
from firstlight_server import validation
from firstlight_server.errors import InvalidRequestError, Violation
from firstlight_server.profile.profile_query import DEFAULT_MOST, MAX_MOST


def check_profile(request: pb.GetInterestProfileRequest) -> None:
    """Raises `InvalidRequestError` naming every malformed field."""
    found = [] if 0 <= request.most <= MAX_MOST else [_most(request.most)]
    if not request.user_id and not request.events:
        found.append(Violation("user_id", "required unless events are given: whose profile is it?"))
    user = recommendation_service_pb2.RecommendRequest(
        tenant=request.tenant, user_id=request.user_id, events=request.events, request_id=request.request_id
    )
    try:
        validation.check_recommend(user)
    except InvalidRequestError as error:
        found += error.violations
    if found:
        raise InvalidRequestError(found)


def _most(given: int) -> Violation:
    return Violation("most", f"{given} is outside 1..{MAX_MOST} (0 means {DEFAULT_MOST})")
