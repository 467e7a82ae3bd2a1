"""The door of FeedbackService: what its messages may hold, checked before anything is stored.

An empty user closes the door. Knows nothing of snapshots or of what is stored.
"""

from collections.abc import Iterator, Sequence

from firstlight.v1 import feedback_service_pb2 as pb
from firstlight_server import limits
from firstlight_server.errors import InvalidRequestError, Violation
from firstlight_server.validation import event_violations


def check_record(request: pb.RecordEventsRequest, *, now_s: float) -> None:
    """Raises `InvalidRequestError` naming every malformed field; ``now_s`` is in seconds since 1970 UTC."""
    found = [*_id("request_id", request.request_id, required=False)]
    if not 1 <= len(request.events) <= limits.MAX_RECORDED_EVENTS:
        found.append(Violation("events", f"{len(request.events):,} entries; give 1 to {limits.MAX_RECORDED_EVENTS:,}"))
    for index, event in enumerate(request.events[: limits.MAX_RECORDED_EVENTS]):
        found += _user_event(f"events[{index}].", event, now_s)
    _raise_if_any(found)


def check_export(request: pb.ExportUserRequest) -> None:
    """Raises `InvalidRequestError` naming every malformed field."""
    found = [*_id("user_id", request.user_id)]
    if not 0 <= request.page_size <= limits.MAX_EXPORT_PAGE_SIZE:
        told = f"{request.page_size} is outside 1..{limits.MAX_EXPORT_PAGE_SIZE:,}"
        found.append(Violation("page_size", f"{told} (0 means {limits.DEFAULT_EXPORT_PAGE_SIZE})"))
    _raise_if_any(found)


def check_delete(request: pb.DeleteUserRequest) -> None:
    """Raises `InvalidRequestError` if no user is named."""
    _raise_if_any([*_id("user_id", request.user_id)])


def check_merge(request: pb.MergeUsersRequest) -> None:
    """Raises `InvalidRequestError` naming every malformed field."""
    found = [*_id("from_user_id", request.from_user_id), *_id("into_user_id", request.into_user_id)]
    if not found and request.from_user_id == request.into_user_id:
        found.append(Violation("into_user_id", "is from_user_id: a user cannot be merged with itself; name another"))
    _raise_if_any(found)


def _user_event(prefix: str, sent: pb.UserEvent, now_s: float) -> Iterator[Violation]:
    yield from _id(f"{prefix}event_id", sent.event_id)
    yield from _id(f"{prefix}user_id", sent.user_id)
    yield from _id(f"{prefix}request_id", sent.request_id, required=False)
    yield from event_violations(f"{prefix}event.", sent.event)
    for name in ("item_id", "text"):
        if "\0" in getattr(sent.event, name):
            yield Violation(f"{prefix}event.{name}", "holds a NUL character")
    ahead_s = sent.event.timestamp.seconds - now_s
    if limits.MAX_EVENT_AHEAD_S < ahead_s < limits.END_TIME_S - now_s:  # what is later still was named above
        yield Violation(f"{prefix}event.timestamp", f"{ahead_s:,.0f} s later than the service's clock; at most a day")


def _id(field: str, given: str, *, required: bool = True) -> Iterator[Violation]:
    if required and not given:
        yield Violation(field, f"required: 1 to {limits.MAX_USER_ID_CHARACTERS} characters")
    elif len(given) > limits.MAX_USER_ID_CHARACTERS:
        yield Violation(field, f"{len(given):,} characters; at most {limits.MAX_USER_ID_CHARACTERS}")
    elif "\0" in given:
        yield Violation(field, "holds a NUL character")


def _raise_if_any(found: Sequence[Violation]) -> None:
    if found:
        raise InvalidRequestError(found)
