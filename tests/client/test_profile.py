"""Interest profiles through both clients, the fake server and the command line."""

from datetime import UTC, datetime

import grpc
import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from firstlight import AsyncClient, Change, Client, Event, EventType, InvalidRequest, NotFound, UserEvent, WarningCode
from firstlight import _convert_profile as convert
from firstlight._cli.profile_lines import BAR_CELLS, bar
from firstlight.testing import CATALOGUE, FakeServer
from firstlight.testing._profile_wire import profile_response
from firstlight.v1 import profile_service_pb2 as pb
from firstlight.v1 import types_pb2
from tests.client.conftest import Run

NOON = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
CEREAL = next(item for item in CATALOGUE if item.item_id == "cereal-1")
PATH = " > ".join(CEREAL.category)
BOUGHT = Event.purchase("cereal-1", timestamp=NOON)


def test_what_is_sent_and_what_is_stored_are_profiled_together(client: Client) -> None:
    client.record_events([UserEvent("anna", BOUGHT)])
    told = client.interest_profile("anna", events=[Event.view("milk-1")], want_trajectory=True, request_id="r1")
    assert (told.event_count, told.request_id) == (2, "r1")
    assert {each.category for each in told.long_term if each.category} >= {PATH}
    assert told.trajectory[0].at == NOON
    assert {each.type for each in told.next.event_types} == {EventType.VIEW, EventType.PURCHASE}


async def test_both_clients_are_told_the_same(client: Client, async_client: AsyncClient) -> None:
    asked = {"events": [BOUGHT, Event.view("tea-1")], "most": 1, "request_id": "r"}
    assert client.interest_profile(**asked) == await async_client.interest_profile(**asked)  # type: ignore[arg-type]


def test_a_user_never_seen_has_no_events_and_what_newcomers_do_next(client: Client) -> None:
    told = client.interest_profile("nobody")
    assert (told.event_count, told.long_term, told.short_term, told.clusters, told.trajectory) == (0, (), (), (), ())
    assert sum(each.weight for each in client.interest_profile("nobody", most=100).next.categories) == pytest.approx(1)
    assert not told.drift.detected


def test_odd_events_are_warned_of(client: Client) -> None:
    told = client.interest_profile(events=[Event.view("unheard-of")])
    assert [each.code for each in told.warnings] == [WarningCode.UNKNOWN_ITEM]


@pytest.mark.parametrize(
    ("asked", "field"), [({}, "user_id"), ({"user_id": "a", "most": 101}, "most"), ({"user_id": "a" * 129}, "user_id")]
)
def test_malformed_questions_are_refused_by_name(client: Client, asked: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        client.interest_profile(**asked)  # type: ignore[arg-type]
    assert [each.field for each in refused.value.violations] == [field]


@pytest.mark.parametrize(
    "asked",
    [{"user_id": 7}, {"events": "x"}, {"user_id": "a", "most": 1.5}, {"user_id": "a", "want_trajectory": 1}],
    ids=["user", "events", "most", "trajectory"],
)
def test_arguments_of_the_wrong_type_never_leave_the_client(
    client: Client, server: FakeServer, asked: dict[str, object]
) -> None:
    with pytest.raises(TypeError):
        client.interest_profile(**asked)  # type: ignore[arg-type]
    assert server.received == []


def test_an_unknown_tenant_is_not_found_and_a_lost_call_is_tried_again(client: Client, server: FakeServer) -> None:
    with pytest.raises(NotFound):
        client.interest_profile("anna", tenant="elsewhere")
    server.fail(grpc.StatusCode.UNAVAILABLE)
    client.interest_profile("anna")
    assert [each.attempt for each in server.received] == [1, 1, 2]


def test_every_field_of_a_reply_arrives_and_the_fake_writes_it_back_alike() -> None:
    category, brand = pb.Interest(category="A > B", weight=0.5), pb.Interest(brand="Acme", weight=0.25)
    reply = pb.GetInterestProfileResponse(
        long_term=[category, brand],
        short_term=[brand],
        clusters=[pb.InterestCluster(weight=0.5, name="A > B", item_ids=["i2", "i1"])],
        drift=pb.Drift(
            score=0.9,
            detected=True,
            detected_at=Timestamp(seconds=1_700_000_000),
            events_since=3,
            changes=[pb.InterestChange(interest=category, change=pb.CHANGE_NEW, weight_before=0.125)],
        ),
        trajectory=[pb.TrajectoryPoint(at=Timestamp(seconds=1_700_000_000), interests=[category])],
        next=pb.NextStep(
            categories=[category],
            brands=[brand],
            event_types=[pb.NextEventType(type=types_pb2.EVENT_TYPE_CART, probability=0.5)],
        ),
        event_count=4,
        warnings=[types_pb2.Warning(code=types_pb2.WARNING_CODE_UNKNOWN_ITEM, field="f", message="m")],
        snapshot_id="s",
        request_id="r",
    )
    profile = convert.profile(reply)
    assert profile_response(profile) == reply
    assert [each.name for each in profile.long_term] == ["A > B", "Acme"]
    assert profile.drift.changes[0].change is Change.NEW


def test_changes_and_types_of_a_newer_service_do_no_harm() -> None:
    drift = pb.Drift(changes=[pb.InterestChange(change=99)])  # type: ignore[arg-type]
    step = pb.NextStep(event_types=[pb.NextEventType(type=99, probability=1.0)])  # type: ignore[arg-type]
    profile = convert.profile(pb.GetInterestProfileResponse(drift=drift, next=step))
    assert profile.drift.changes[0].change is Change.UNKNOWN
    assert profile.next.event_types == ()


class TestCommand:
    def test_draws_bars_for_people(self, run: Run) -> None:
        run("record", "--user-id", "anna", "purchase:cereal-1@2026-01-31T10:00")
        told = run("profile", "anna", "--trajectory").out
        assert told.startswith("1 events\n\nlong term\n")
        assert f"  {PATH}  100%  {'█' * BAR_CELLS}\n" in told
        assert "no shift of interest" in told
        assert f"  2026-01-31 10:00  {PATH} 100%\n" in " ".join(told.split("  ")) or "2026-01-31 10:00" in told

    def test_speaks_json_to_machines(self, run: Run) -> None:
        told = run("profile", "--event", "view:milk-1", "--most", "1", "--json").json
        assert told["event_count"] == 1
        assert told["drift"]["detected"] is False

    def test_tells_a_shift(self, run: Run, server: FakeServer, monkeypatch: pytest.MonkeyPatch) -> None:
        assert run("profile", "nobody").out.startswith("0 events\n")
        assert server.received[-1].query.user_id == "nobody"


@pytest.mark.parametrize(
    ("share", "drawn"), [(0, ""), (1, "█" * BAR_CELLS), (0.5, "█" * (BAR_CELLS // 2)), (0.01, "▎")]
)
def test_bars_are_as_long_as_shares(share: float, drawn: str) -> None:
    assert bar(share) == drawn
