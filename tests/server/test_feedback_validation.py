"""Every limit of FeedbackService: what is inside passes, what is outside is INVALID_ARGUMENT naming the field."""

import math
import time
from collections.abc import Callable
from typing import Any

import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from firstlight.v1 import feedback_service_pb2 as pb
from firstlight_server.errors import InvalidRequestError
from firstlight_server.memory.feedback_validation import check_delete, check_export, check_merge, check_record
from tests.server.feedback import at, done

NOW_S = 1_750_000_000.0


def check_one(event: pb.UserEvent) -> None:
    check_record(pb.RecordEventsRequest(events=[done("e0", "i0000"), event]), now_s=NOW_S)


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(done("e" * 128, "i", user="u" * 128, request_id="r" * 128), id="the longest ids"),
        pytest.param(done("e", "", text="a title"), id="an item known by its title alone"),
        pytest.param(done("e", "i", timestamp=Timestamp(seconds=631_152_000)), id="1990"),
        pytest.param(done("e", "i", timestamp=at(NOW_S + 86_399)), id="almost a day ahead"),
        pytest.param(done("e", "i", timestamp=None), id="no time"),
        pytest.param(done("e", "i", weight=-100), id="the least weight"),
        pytest.param(done("e", "i", weight=5e-324), id="a denormal weight"),
        pytest.param(done("é🙂", "i", user="用户 1"), id="ids in any script"),
    ],
)
def test_what_is_inside_the_limits_passes(event: pb.UserEvent) -> None:
    check_one(event)


@pytest.mark.parametrize(
    ("event", "field"),
    [
        pytest.param(done("", "i"), "event_id", id="no event id"),
        pytest.param(done("e" * 129, "i"), "event_id", id="too long an event id"),
        pytest.param(done("e\0", "i"), "event_id", id="an event id with NUL"),
        pytest.param(done("e", "i", user=""), "user_id", id="no user"),
        pytest.param(done("e", "i", user="u" * 129), "user_id", id="too long a user id"),
        pytest.param(done("e", "i", request_id="r" * 129), "request_id", id="too long a request id"),
        pytest.param(pb.UserEvent(event_id="e", user_id="u"), "event.item_id", id="no event"),
        pytest.param(done("e", "i\0"), "event.item_id", id="an item with NUL"),
        pytest.param(done("e", "i", text="t\0"), "event.text", id="a title with NUL"),
        pytest.param(done("e", "i", type=99), "event.type", id="an unknown type"),
        pytest.param(done("e", "i", weight=math.nan), "event.weight", id="NaN"),
        pytest.param(done("e", "i", weight=math.inf), "event.weight", id="infinity"),
        pytest.param(done("e", "i", timestamp=Timestamp(seconds=0)), "event.timestamp", id="1970"),
        pytest.param(done("e", "i", timestamp=at(NOW_S + 86_402)), "event.timestamp", id="more than a day ahead"),
        pytest.param(done("e", "i", timestamp=Timestamp(seconds=4_102_444_800)), "event.timestamp", id="2100"),
        pytest.param(done("e", "i", timestamp=Timestamp(seconds=2**40)), "event.timestamp", id="the year 36812"),
    ],
)
def test_what_is_outside_is_refused_by_name(event: pb.UserEvent, field: str) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        check_one(event)
    assert [violation.field for violation in caught.value.violations] == [f"events[1].{field}"]


@pytest.mark.parametrize(
    ("check", "request_", "field"),
    [
        pytest.param(check_export, pb.ExportUserRequest(), "user_id", id="an export of nobody"),
        pytest.param(
            check_export, pb.ExportUserRequest(user_id="u", page_size=1_001), "page_size", id="too large a page"
        ),
        pytest.param(check_export, pb.ExportUserRequest(user_id="u", page_size=-1), "page_size", id="a page below 0"),
        pytest.param(check_delete, pb.DeleteUserRequest(), "user_id", id="a deletion of nobody"),
        pytest.param(check_merge, pb.MergeUsersRequest(into_user_id="u"), "from_user_id", id="a merge of nobody"),
        pytest.param(check_merge, pb.MergeUsersRequest(from_user_id="u"), "into_user_id", id="a merge into nobody"),
        pytest.param(
            check_merge,
            pb.MergeUsersRequest(from_user_id="u", into_user_id="u"),
            "into_user_id",
            id="a merge with itself",
        ),
    ],
)
def test_malformed_requests_about_users_are_refused_by_name(
    check: Callable[[Any], None], request_: Any, field: str
) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        check(request_)
    assert [violation.field for violation in caught.value.violations] == [field]


@pytest.mark.parametrize("count", [0, 1_001])
def test_a_call_holds_one_to_a_thousand_events(count: int) -> None:
    events = [done(f"e{number}", "i") for number in range(count)]
    with pytest.raises(InvalidRequestError, match="give 1 to 1,000"):
        check_record(pb.RecordEventsRequest(events=events), now_s=time.time())
