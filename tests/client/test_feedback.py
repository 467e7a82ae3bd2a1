"""Users' events through both clients and the fake server: stored once, recalled, told, given away and forgotten."""

from datetime import UTC, datetime

import grpc
import pytest

from firstlight import (
    AsyncClient,
    Client,
    Event,
    EventType,
    InvalidRequest,
    NotFound,
    ReasonKind,
    Unavailable,
    UserCounts,
    UserEvent,
    UserExport,
    WarningCode,
)
from firstlight.testing import FakeServer

NOON = datetime(2026, 1, 31, 12, 0, 0, 250_000, tzinfo=UTC)
BOUGHT = UserEvent("anna", Event("cereal-1", type=EventType.PURCHASE, timestamp=NOON, weight=2.0), event_id="e1")


def test_a_recorded_event_is_in_the_next_answer_and_named_in_its_reasons(client: Client) -> None:
    before = client.recommend(user_id="anna")
    done = client.record_events([BOUGHT], request_id="r1")
    after = client.recommend(user_id="anna", want_reasons=True)
    assert (done.recorded_count, done.known_count, done.warnings, done.request_id) == (1, 0, (), "r1")
    assert (before.stored_event_count, after.stored_event_count) == (0, 1)
    assert after.item_ids[0] == "cereal-2"
    assert "cereal-1" not in after.item_ids
    assert {(one.kind, one.event_id) for one in after.items[0].reasons} == {
        (ReasonKind.STORED_EVENT, "e1"),
        (ReasonKind.PRIOR, ""),
    }


def test_an_event_has_an_id_of_its_own_and_sent_again_counts_once(client: Client) -> None:
    told = UserEvent("anna", Event.view("milk-1"))
    assert told.event_id != UserEvent("anna", Event.view("milk-1")).event_id
    client.record_events([told])
    again = client.record_events([told, told])
    assert (again.recorded_count, again.known_count) == (0, 2)


def test_an_id_with_other_content_is_refused_by_its_place(client: Client) -> None:
    client.record_events([BOUGHT])
    with pytest.raises(InvalidRequest) as caught:
        client.record_events([UserEvent("anna", Event.view("tea-1")), UserEvent("ben", Event.view("x"), event_id="e1")])
    assert [each.field for each in caught.value.violations] == ["events[1].event_id"]
    assert len(client.export_user("anna").events) == 1


def test_what_is_odd_is_stored_and_told(client: Client) -> None:
    shown = client.recommend(user_id="anna")
    done = client.record_events(
        [
            UserEvent("anna", Event.view("nowhere"), request_id=shown.request_id),
            UserEvent("anna", Event.view("tea-1"), request_id="never"),
        ]
    )
    assert [(one.code, one.field) for one in done.warnings] == [
        (WarningCode.UNKNOWN_ITEM, "events[0].event.item_id"),
        (WarningCode.UNKNOWN_REQUEST, "events[1].request_id"),
    ]


def test_an_export_asks_for_every_page_and_tells_events_as_they_were_sent(server: FakeServer, client: Client) -> None:
    client.record_events([BOUGHT, *(UserEvent("anna", Event.view(f"tea-{number}")) for number in range(4))])
    answer = client.recommend(user_id="anna", page_size=2)
    client.recommend(user_id="anna", unrecorded=True)
    told = client.export_user("anna", page_size=2)
    assert [call.method for call in server.received].count("ExportUser") == 3
    assert told.events[0].event == BOUGHT
    assert told.events[1].event.event.weight == 1.0
    assert [one.request_id for one in told.impressions] == [answer.request_id]
    assert tuple(item.item_id for item in told.impressions[0].items) == answer.item_ids


def test_users_are_given_away_and_forgotten(client: Client) -> None:
    client.record_events([BOUGHT])
    client.recommend(user_id="anna")
    assert client.merge_users("anna", "account") == UserCounts(event_count=1, impression_count=1)
    assert client.export_user("anna") == UserExport()
    assert client.recommend(user_id="account").stored_event_count == 1
    assert client.delete_user("account") == UserCounts(event_count=1, impression_count=2)
    assert client.delete_user("account") == UserCounts()
    assert client.recommend(user_id="account").stored_event_count == 0


@pytest.mark.parametrize(
    ("told", "field"),
    [
        pytest.param(UserEvent("", Event.view("a")), "user_id", id="no user"),
        pytest.param(UserEvent("u", Event.view("a"), event_id="e" * 129), "event_id", id="too long an id"),
        pytest.param(UserEvent("u", Event.view("a", weight=float("nan"))), "event.weight", id="a weight of NaN"),
        pytest.param(UserEvent("u", Event()), "event.item_id", id="nothing done"),
    ],
)
def test_a_malformed_event_is_refused_by_name(client: Client, told: UserEvent, field: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        client.record_events([told])
    assert [each.field for each in caught.value.violations] == [f"events[0].{field}"]


def test_impossible_requests_about_users_are_refused(client: Client) -> None:
    for ask in (
        lambda: client.record_events([]),
        lambda: client.merge_users("anna", "anna"),
        lambda: client.delete_user(""),
        lambda: client.export_user("u" * 129),
    ):
        with pytest.raises(InvalidRequest):
            ask()
    with pytest.raises(NotFound):
        client.delete_user("anna", tenant="nowhere")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: UserEvent(7, Event.view("a")), "UserEvent.user_id must be a str, got int 7"),  # type: ignore[arg-type]
        (lambda: UserEvent("u", "view:a"), r"UserEvent.event must be a firstlight.Event"),  # type: ignore[arg-type]
    ],
)
def test_a_wrong_type_is_named(make: object, message: str) -> None:
    assert callable(make)
    with pytest.raises(TypeError, match=message):
        make()


def test_recording_is_tried_again_but_forgetting_is_not(server: FakeServer, client: Client) -> None:
    server.fail(grpc.StatusCode.UNAVAILABLE, method="RecordEvents")
    assert client.record_events([BOUGHT]).recorded_count == 1
    server.fail(grpc.StatusCode.UNAVAILABLE, method="DeleteUser")
    with pytest.raises(Unavailable):
        client.delete_user("anna")
    assert [(call.method, call.attempt) for call in server.received] == [
        ("RecordEvents", 1),
        ("RecordEvents", 2),
        ("DeleteUser", 1),
    ]


async def test_the_asynchronous_client_does_the_same(server: FakeServer, async_client: AsyncClient) -> None:
    assert (await async_client.record_events([BOUGHT])).recorded_count == 1
    assert (await async_client.recommend(user_id="anna")).stored_event_count == 1
    told = await async_client.export_user("anna", page_size=1)
    assert ([one.event for one in told.events], len(told.impressions)) == ([BOUGHT], 1)
    assert await async_client.merge_users("anna", "account") == UserCounts(event_count=1, impression_count=1)
    assert await async_client.delete_user("account") == UserCounts(event_count=1, impression_count=1)
    assert server.received[0].events == (BOUGHT,)
    assert server.received[-1].user_ids == ("account",)


def test_a_reset_forgets_users_too(server: FakeServer, client: Client) -> None:
    client.record_events([BOUGHT])
    server.reset()
    assert client.export_user("anna") == UserExport()
