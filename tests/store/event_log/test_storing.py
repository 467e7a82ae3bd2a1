"""What an event log takes, from whom, and in which order, on either database."""

import threading
from collections.abc import Callable
from math import inf, nan

import pytest

from firstlight_store.event_log import EventConflict, EventLog, FeedbackCaps, Impression, LoggedEvent, Recorded, Shown
from firstlight_store.event_log.engines import engine
from tests.postgresql import PostgreSQL

VIEW = LoggedEvent("e1", "anna", "coffee", "view", 1e9)
DAY_S = 86_400


def _ids(found: list[LoggedEvent]) -> list[str]:
    return [one.event_id for one in found]


def test_any_text_comes_back_as_it_was_given(log: EventLog) -> None:
    odd = "nul \0, half a pair \ud83d, the mark \ufdd0 itself \ufdd00000, 咖啡 ☕"
    event = LoggedEvent(odd, odd, odd, odd, 1e9, text=odd, request_id=odd)
    shown = Impression(odd, odd, 1e9, odd, odd, odd, (Shown(odd, 0.5),))
    assert log.record([(odd, [event]), (odd, [event])]) == [Recorded(1, 0), Recorded(0, 1)]
    log.show([(odd, shown)])
    assert [one.content for one in log.latest([(odd, odd)], most=2)[0]] == [event.content]
    assert [(tenant, one.event_id) for tenant, one in log.since(0, most=2, tenant=odd)] == [(odd, odd)]
    exported = log.export(odd, odd, after=(0, 0), most=4)
    assert (_ids(exported[0]), [one.items for one in exported[1]]) == ([odd], [shown.items])
    assert list(log.impressions_of(odd, [odd])) == [odd]
    assert log.delete(odd, odd) == (1, 1)


@pytest.mark.parametrize(
    ("tenant", "event"),
    [
        ("", VIEW),
        ("shop", VIEW._replace(user="")),
        ("shop", VIEW._replace(event_id="")),
        ("shop", VIEW._replace(event_id="e" * 513)),
        ("shop", VIEW._replace(at_s=nan)),
        ("shop", VIEW._replace(weight=-inf)),
    ],
    ids=["no tenant", "no user", "no id", "a long id", "no time", "an endless weight"],
)
def test_an_event_that_nothing_could_be_done_with_is_refused_before_anything_is_stored(
    log: EventLog, tenant: str, event: LoggedEvent
) -> None:
    with pytest.raises(ValueError, match=r"must|may"):
        log.record([("shop", [VIEW._replace(event_id="good")]), (tenant, [event])])
    assert log.since(0, most=10) == []


def test_an_empty_scope_fails_closed(log: EventLog) -> None:
    for tenant, user in (("", "anna"), ("shop", "")):
        assert log.latest([(tenant, user)], most=10) == [[]]
        with pytest.raises(ValueError, match="neither may be empty"):
            log.delete(tenant, user)
        with pytest.raises(ValueError, match="neither may be empty"):
            log.merge(tenant, user, "ben")
    with pytest.raises(ValueError, match="neither may be empty"):
        log.expire("", before_s=1e9)


def test_many_batches_and_many_users_are_stored_and_told_at_once(log: EventLog) -> None:
    batches = [
        ("shop", [LoggedEvent(f"{user}-{n}", f"u{user}", f"i{n}", "view", 1e9 + n) for n in range(40)])
        for user in range(150)
    ]
    assert log.record([*batches, ("shop", [])]) == [Recorded(40, 0)] * 150 + [Recorded(0, 0)]
    assert log.record(batches) == [Recorded(0, 40)] * 150
    told = log.latest([("shop", f"u{user}") for user in range(150)], most=2)
    assert [_ids(one) for one in told] == [[f"{user}-38", f"{user}-39"] for user in range(150)]
    log.show([("shop", Impression(f"r{n}", "anna", 1e9)) for n in range(1_200)])
    assert len(log.impressions_of("shop", [f"r{n}" for n in range(2_000)])) == 1_200
    assert log.latest([], most=2) == []


def test_an_event_without_a_time_is_done_when_it_is_stored(log: EventLog) -> None:
    timeless = VIEW._replace(at_s=0.0)
    assert log.record([("shop", [timeless, timeless])]) == [Recorded(1, 1)]
    found = log.latest([("shop", "anna")], most=1)[0][0]
    assert found.at_s == found.recorded_at_s > 1e9


def test_writers_in_many_places_store_in_the_order_in_which_readers_see_it(open_log: Callable[[], EventLog]) -> None:
    logs = [open_log() for _ in range(4)]
    seen: list[int] = []
    writers = [threading.Thread(target=_store_many, args=(log, number)) for number, log in enumerate(logs)]
    for writer in writers:
        writer.start()
    reader = open_log()
    while len(seen) < 4 * 25 * 3:
        seen += [one.sequence for _, one in reader.since(seen[-1] if seen else 0, most=50)]
    for writer in writers:
        writer.join()
    every = [one.sequence for _, one in reader.since(0, most=1_000)]
    assert seen == every == sorted(set(every))


def _store_many(log: EventLog, number: int) -> None:
    for batch in range(25):
        log.record([("shop", [VIEW._replace(event_id=f"{number}-{batch}-{n}") for n in range(3)])])


def test_the_place_of_a_deleted_event_is_never_given_again(log: EventLog) -> None:
    log.record([("shop", [VIEW])])
    last = log.since(0, most=1)[0][1].sequence
    log.delete("shop", "anna")
    log.record([("shop", [VIEW])])
    assert log.since(0, most=1)[0][1].sequence > last


def test_an_event_that_is_sent_again_after_its_user_was_merged_is_known(log: EventLog) -> None:
    log.record([("shop", [VIEW])])
    log.merge("shop", "anna", into="bea")
    log.merge("shop", "bea", into="cara")
    assert log.record([("shop", [VIEW]), ("shop", [VIEW._replace(user="bea")])]) == [Recorded(0, 1)] * 2
    for other in (VIEW._replace(user="dora"), VIEW._replace(item_id="tea")):
        assert isinstance(log.record([("shop", [other])])[0], EventConflict)
    assert log.record([("shop", [VIEW._replace(event_id="e2")])]) == [Recorded(1, 0)]
    assert [_ids(one) for one in log.latest([("shop", "anna"), ("shop", "cara")], most=5)] == [["e2"], ["e1"]]
    log.merge("shop", "cara", into="anna")
    assert log.record([("shop", [VIEW])]) == [Recorded(0, 1)]
    with pytest.raises(ValueError, match="into itself"):
        log.merge("shop", "anna", into="anna")


def test_beyond_a_cap_events_are_stored_and_told_but_do_not_count(log: EventLog) -> None:
    same = [VIEW._replace(event_id=f"same-{n}", at_s=1e9 - n) for n in range(4)]
    other = [VIEW._replace(event_id=f"other-{n}", item_id=f"i{n}") for n in range(4)]
    tomorrow, another = VIEW._replace(event_id="t", at_s=1e9 + DAY_S), VIEW._replace(event_id="a", user="ben")
    log.record([("shop", [*same, *other, tomorrow, another])])
    caps = FeedbackCaps(of_item=2, of_user=6)
    beyond = [one.event_id for _, one in log.since(0, most=20, caps=caps) if not one.counted]
    assert beyond == ["same-2", "same-3", "other-2", "other-3"]
    last = log.since(0, most=1, caps=caps)[0][1].sequence
    assert [one.counted for _, one in log.since(last, most=2, caps=caps)] == [True, False]
    assert all(one.counted for one in log.latest([("shop", "anna")], most=20)[0])
    with pytest.raises(ValueError, match="at least 1"):
        FeedbackCaps(of_item=0)


def test_what_is_too_old_is_deleted_of_one_tenant_alone(log: EventLog) -> None:
    old, new = VIEW, VIEW._replace(event_id="e2", at_s=1e9 + DAY_S)
    log.record([("shop", [old, new]), ("other", [old])])
    shown = [Impression("r1", "anna", old.at_s), Impression("r2", "anna", new.at_s)]
    log.show([("shop", one) for one in shown])
    assert log.expire("shop", before_s=1e9 + 1) == (1, 1)
    assert log.expire("shop", before_s=1e9 + 1) == (0, 0)
    left = log.export("shop", "anna", after=(0, 0), most=9)
    assert (_ids(left[0]), [one.request_id for one in left[1]]) == (["e2"], ["r2"])
    assert _ids(log.latest([("other", "anna")], most=9)[0]) == ["e1"]


def test_postgresql_plans_by_what_is_there_now_and_not_by_what_was_there_at_first(server: PostgreSQL) -> None:
    made = engine(server.schema(), timeout_s=5, holds="events")
    with made.connect() as connection:
        assert connection.exec_driver_sql("SHOW plan_cache_mode").scalar() == "force_custom_plan"
    made.dispose()
