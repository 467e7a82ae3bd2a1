"""The hand-declared `google.rpc` messages against the real ones of googleapis-common-protos."""

from google.protobuf.any_pb2 import Any
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.rpc.error_details_pb2 import BadRequest, DebugInfo, ErrorInfo, RetryInfo  # type: ignore[import-untyped]
from google.rpc.status_pb2 import Status  # type: ignore[import-untyped]

from firstlight._rpc_status import StatusDetails, decode, encode


def _status(*details: Message) -> bytes:
    packed: list[Any] = []
    for detail in details:
        packed.append(Any())
        packed[-1].Pack(detail)
    serialised: bytes = Status(code=3, message="no", details=packed).SerializeToString()
    return serialised


def _bad_request(*violations: tuple[str, str]) -> BadRequest:
    return BadRequest(
        field_violations=[BadRequest.FieldViolation(field=field, description=text) for field, text in violations]
    )


def test_violations_are_read_in_their_order() -> None:
    violations = (("page_size", "must be in 1..1000"), ("events[2].weight", "must be finite, got NaN — ☃"))
    assert decode(_status(_bad_request(*violations))) == StatusDetails(violations, None)


def test_violations_of_several_bad_requests_are_joined() -> None:
    assert decode(_status(_bad_request(("a", "b")), _bad_request(("c", "d")))).violations == (("a", "b"), ("c", "d"))


def test_the_delay_to_retry_is_read_in_seconds() -> None:
    assert decode(_status(RetryInfo(retry_delay=Duration(seconds=1, nanos=250_000_000)))).retry_after_s == 1.25


def test_fields_and_details_that_are_not_known_are_skipped() -> None:
    violation = BadRequest.FieldViolation(field="a", description="b", reason="TOO_LONG")
    violation.localized_message.message = "zu lang"
    details = [ErrorInfo(reason="X"), BadRequest(field_violations=[violation]), DebugInfo(detail="at line 1")]
    assert decode(_status(*details)).violations == (("a", "b"),)


def test_a_status_without_details_says_nothing() -> None:
    assert decode(Status(code=3, message="no").SerializeToString()) == StatusDetails()


def test_bytes_that_are_no_status_say_nothing() -> None:
    assert decode(b"\xff\xff\xff") == StatusDetails()


def test_a_detail_that_is_cut_short_says_nothing() -> None:
    broken = Any(type_url="type.googleapis.com/google.rpc.BadRequest", value=b"\x0a\x7f")
    assert decode(Status(code=3, details=[broken]).SerializeToString()) == StatusDetails()


def test_what_is_written_reads_as_the_real_messages() -> None:
    written = Status.FromString(encode(8, "shed", StatusDetails((("a", "b"),), 2.5)))
    bad, retry = BadRequest(), RetryInfo()
    assert written.details[0].Unpack(bad)
    assert written.details[1].Unpack(retry)
    assert (written.code, written.message) == (8, "shed")
    assert [(each.field, each.description) for each in bad.field_violations] == [("a", "b")]
    assert retry.retry_delay.ToMilliseconds() == 2500


def test_what_is_written_is_read_back() -> None:
    details = StatusDetails((("a", "b"), ("", "c")), 0.001)
    assert decode(encode(3, "no", details)) == details
