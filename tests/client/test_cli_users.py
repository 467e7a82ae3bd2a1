"""The command line's words about users: recorded, printed, given away, deleted."""

from firstlight.testing import FakeServer
from tests.client.conftest import Run


def test_events_are_recorded_exported_given_away_and_deleted(server: FakeServer, run: Run) -> None:
    assert run("record", "--user-id", "anna", "purchase:cereal-1@2026-01-31T10:00", "view:milk-1").out == (
        "2 stored, 0 known before\n"
    )
    assert run("recommend", "--user-id", "anna", "--json").json["stored_event_count"] == 2
    head, first, second, *shown = run("export-user", "anna").out.splitlines()
    assert head.split() == ["DONE", "TYPE", "ITEM", "WEIGHT", "EVENT"]
    assert first.split()[:5] == ["2026-01-31", "10:00:00", "purchase", "cereal-1", "1"]
    assert second.split()[2:4] == ["view", "milk-1"]
    assert shown[0].split() == ["SHOWN", "ANSWER", "SNAPSHOT", "ITEMS"]
    assert run("merge-users", "anna", "account").out == "2 events and 1 answers given to account\n"
    assert run("delete-user", "account", "--json").json == {"event_count": 2, "impression_count": 1}
    assert run("export-user", "account").out == "nothing is stored\n"


def test_events_may_be_given_ids_and_an_answer(server: FakeServer, run: Run) -> None:
    one = ("record", "--user-id", "anna", "--event-id", "click", "view:milk-1@2026-01-31")
    assert run(*one).out == "1 stored, 0 known before\n"
    assert run(*one, "--request-id", "").out == "0 stored, 1 known before\n"
    said = run("record", "--user-id", "anna", "--event-id", "two", "--request-id", "never", "view:a", "cart:tea-1")
    assert said.out == "2 stored, 0 known before\n"
    assert "unknown_item: events[0].event.item_id:" in said.err
    assert "unknown_request: events[1].request_id:" in said.err
    assert [(one.event_id, one.request_id) for one in server.received[-1].events] == [
        ("two-1", "never"),
        ("two-2", "never"),
    ]


def test_all_of_a_user_is_told_as_json_too(run: Run) -> None:
    run("record", "--user-id", "anna", "rating:milk-1=-2")
    told = run("export-user", "anna", "--json").json
    assert told["events"][0]["event"]["event"]["weight"] == -2.0
