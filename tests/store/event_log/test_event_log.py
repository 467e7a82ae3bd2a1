"""The event log over a real database: what is acknowledged is there, once, and can be taken away again."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from firstlight_store.event_log import (
    EventConflict,
    EventLog,
    EventLogMissing,
    Impression,
    LoggedEvent,
    Pseudonyms,
    Recorded,
    Shown,
)

VIEW = LoggedEvent("e1", "anna", "coffee", "view", 1e9)
BUY = LoggedEvent("e2", "anna", "coffee", "purchase", 1e9 + 5, weight=2.0, request_id="r1")
SHOWN = Impression("r1", "anna", 1e9 + 1, "s1", "bold", "thompson", (Shown("coffee", 0.25, True),), b"\x00x")


def _content(found: list[LoggedEvent]) -> list[tuple[object, ...]]:
    return [(one.event_id, *one.content) for one in found]


def test_what_is_recorded_is_told_oldest_first_to_whoever_opens_the_log_again(open_log: Callable[[], EventLog]) -> None:
    log, again = open_log(), open_log()
    assert log.record([("shop", [BUY, VIEW])]) == [Recorded(new=2, known=0)]
    told = again.latest([("shop", "anna"), ("other", "anna"), ("shop", "ben")], most=10)
    assert [_content(one) for one in told] == [_content([VIEW, BUY]), [], []]
    assert [one.event_id for one in log.latest([("shop", "anna")], most=1)[0]] == ["e2"]


def test_the_same_event_counts_once_also_within_a_batch(log: EventLog) -> None:
    assert log.record([("shop", [VIEW, VIEW]), ("shop", [VIEW, BUY])]) == [Recorded(1, 1), Recorded(1, 1)]
    assert [len(one) for one in log.latest([("shop", "anna")], most=10)] == [2]


def test_an_id_with_another_content_refuses_its_batch_alone(log: EventLog) -> None:
    other = VIEW._replace(item_id="tea")
    done = log.record([("shop", [VIEW]), ("shop", [BUY, other]), ("other", [other])])
    assert isinstance(done[1], EventConflict)
    assert (done[0], done[1].places, done[2]) == (Recorded(1, 0), (1,), Recorded(1, 0))
    assert _content(log.latest([("shop", "anna")], most=10)[0]) == _content([VIEW])


def test_what_was_shown_is_found_by_its_answer(log: EventLog) -> None:
    log.show([("shop", SHOWN)])
    found = log.impressions_of("shop", ["r1", "r2"])
    assert found == {"r1": replace(SHOWN, sequence=1)}
    assert log.impressions_of("other", ["r1"]) == {}


def test_what_was_shown_is_read_in_the_order_of_storing_and_by_user(log: EventLog) -> None:
    shown = [replace(SHOWN, request_id=f"r{n}", user="anna" if n % 2 else "ben") for n in range(6)]
    log.show([("shop", one) for one in shown] + [("other", SHOWN)])
    every = log.shown_since(0, most=9)
    assert [(tenant, one.request_id) for tenant, one in every][-2:] == [("shop", "r5"), ("other", "r1")]
    third = every[2][1].sequence
    assert [one.request_id for _, one in log.shown_since(third, most=9, tenant="shop")] == ["r3", "r4", "r5"]
    before = log.shown_before("shop", ["anna", "ben", "cara"], every[4][1].sequence, most=1)
    assert before == {"anna": [(every[3][1].sequence, ("coffee",))], "ben": [(third, ("coffee",))]}


def test_a_user_is_exported_in_pages_merged_and_deleted_whole(log: EventLog) -> None:
    log.record([("shop", [VIEW, BUY])])
    log.show([("shop", SHOWN)])
    first = log.export("shop", "anna", after=(0, 0), most=2)
    rest = log.export("shop", "anna", after=(first[0][-1].sequence, 0), most=2)
    assert (_content(first[0]), first[1]) == (_content([VIEW, BUY]), [])
    assert (rest[0], [one.request_id for one in rest[1]]) == ([], ["r1"])
    assert log.merge("shop", "anna", into="account") == (2, 1)
    assert log.merge("shop", "anna", into="account") == (0, 0)
    assert log.delete("shop", "account") == (2, 1)
    assert log.export("shop", "account", after=(0, 0), most=10) == ([], [])


def test_learners_read_events_in_the_order_of_storing_and_keep_what_they_learnt(log: EventLog) -> None:
    log.record([("shop", [BUY]), ("other", [VIEW])])
    assert [(tenant, one.event_id) for tenant, one in log.since(0, most=10)] == [("shop", "e2"), ("other", "e1")]
    assert [one.event_id for _, one in log.since(1, most=10)] == ["e1"]
    log.keep_state("shop", "bold", sequence=2, content=b"new")
    log.keep_state("shop", "bold", sequence=1, content=b"old")
    assert (log.state("shop", "bold"), log.state("other", "bold")) == ((2, b"new"), None)


def test_a_pseudonym_is_a_users_of_one_tenant_and_needs_both() -> None:
    names = Pseudonyms(b"k" * 32)
    assert names.of("shop", "anna") == Pseudonyms(b"k" * 32).of("shop", "anna")
    others = [names.of("sho", "panna"), names.of("shop", "ann"), Pseudonyms(b"q" * 32).of("shop", "anna")]
    assert names.of("shop", "anna") not in others
    for tenant, user in (("", "anna"), ("shop", "")):
        with pytest.raises(ValueError, match="empty"):
            names.of(tenant, user)


def test_who_only_reads_makes_no_log_where_there_is_none(url: str, tmp_path: Path) -> None:
    with pytest.raises(EventLogMissing, match="check the name"):
        EventLog(url, makes=False)
    assert list(tmp_path.iterdir()) == []
    EventLog(url).close()
    EventLog(url, makes=False).close()
