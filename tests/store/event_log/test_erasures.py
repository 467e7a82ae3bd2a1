"""A deleted user stays deleted, whatever was under way when they were: on either database, whoever writes it."""

import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import update

from firstlight_store.event_log import EventLog, Impression, LoggedEvent, Recorded
from firstlight_store.event_log.database import Database
from firstlight_store.event_log.schema import erasures

VIEW = LoggedEvent("e1", "anna", "coffee", "view", 1e9)
SHOWN = Impression("r1", "anna", 1e9)
BEN = VIEW._replace(event_id="e2", user="ben")
_WORKER = """
import sys
from firstlight_store.event_log import EventLog, Impression, LoggedEvent
log = EventLog(sys.argv[1])
seen = log.last_erasure()
print("begun", flush=True)
sys.stdin.readline()
log.show([("shop", Impression("r1", "anna", 1e9))], seen=[seen])
print(log.record([("shop", [LoggedEvent("e1", "anna", "coffee", "view", 1e9)])], seen=[seen])[0].new)
"""


def _kept(log: EventLog, user: str, tenant: str = "shop") -> tuple[list[str], list[str]]:
    done, shown = log.export(tenant, user, after=(0, 0), most=10)
    return [one.event_id for one in done], [one.request_id for one in shown]


def test_what_was_begun_before_a_deletion_is_not_stored_after_it(open_log: Callable[[], EventLog]) -> None:
    worker, other = open_log(), open_log()
    seen = worker.last_erasure()
    assert other.delete("shop", "anna") == (0, 0)
    shown = [("shop", SHOWN), ("shop", replace(SHOWN, user="ben")), ("else", SHOWN)]
    worker.show(shown, seen=[seen] * 3)
    batches = [("shop", [VIEW, BEN]), ("else", [VIEW])]
    assert worker.record(batches, seen=[seen] * 2) == [Recorded(2, 0), Recorded(1, 0)]  # before it was deleted
    assert (_kept(other, "anna"), _kept(other, "ben")) == (([], []), (["e2"], ["r1"]))
    assert _kept(other, "anna", "else") == (["e1"], ["r1"])


def test_a_deleted_user_who_comes_back_is_remembered_from_then_on(open_log: Callable[[], EventLog]) -> None:
    worker, other = open_log(), open_log()
    early = worker.last_erasure()
    other.delete("shop", "anna")
    late = worker.last_erasure()
    other.delete("shop", "ben")
    worker.show([("shop", replace(SHOWN, request_id="r0")), ("shop", SHOWN)], seen=[early, late])
    done = worker.record([("shop", [VIEW]), ("shop", [VIEW]), ("shop", [BEN])], seen=[early, late, late])
    assert done == [Recorded(1, 0)] * 3
    assert (_kept(other, "anna"), _kept(other, "ben")) == ((["e1"], ["r1"]), ([], []))


def test_what_was_begun_before_a_merge_is_of_whom_the_user_became(open_log: Callable[[], EventLog]) -> None:
    worker, other = open_log(), open_log()
    seen = worker.last_erasure()
    other.merge("shop", "anna", into="visitor")
    other.merge("shop", "visitor", into="account")
    worker.show([("shop", SHOWN)], seen=[seen])
    assert worker.record([("shop", [VIEW]), ("shop", [VIEW])], seen=[seen] * 2) == [Recorded(1, 0), Recorded(0, 1)]
    assert (_kept(other, "account"), _kept(other, "anna")) == ((["e1"], ["r1"]), ([], []))
    other.delete("shop", "account")
    worker.record([("shop", [VIEW])], seen=[seen])
    assert (_kept(other, "account"), _kept(other, "anna")) == (([], []), ([], []))
    worker.record([("shop", [VIEW])], seen=[worker.last_erasure()])
    assert _kept(other, "anna") == (["e1"], [])


def test_a_deletion_before_a_merge_stands_and_one_of_the_other_before_it_does_not_count(log: EventLog) -> None:
    seen = log.last_erasure()
    for user in ("anna", "account"):
        log.delete("shop", user)
    log.merge("shop", "anna", into="account")
    log.merge("shop", "ben", into="account")
    log.record([("shop", [VIEW, BEN])], seen=[seen])
    assert (_kept(log, "anna"), _kept(log, "account")) == (([], []), (["e2"], []))


def test_marks_are_let_go_after_a_day_and_numbers_never_given_again(open_log: Callable[[], EventLog]) -> None:
    log = open_log()
    for number in range(3):
        log.delete("shop", f"user{number}")
    begun = log.last_erasure()
    database = log._database  # pyright: ignore[reportPrivateUsage]
    with database.writing() as connection:
        connection.execute(update(erasures).values(at_s=erasures.c.at_s - 86_401))
    log.delete("shop", "anna")
    assert _marks(database) == [begun + 1]
    log.record([("shop", [VIEW])], seen=[begun])
    assert _kept(log, "anna") == ([], [])


def _marks(database: Database) -> list[int]:
    with database.reading() as connection:
        return [row.sequence for row in connection.execute(erasures.select())]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_another_process_stores_nothing_of_whom_was_deleted_and_no_byte_is_left(url: str, tmp_path: Path) -> None:
    with closing(EventLog(url)) as log:
        log.record([("shop", [BEN])])
        words = [sys.executable, "-c", _WORKER, url]
        with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as worker:
            assert worker.stdout is not None
            assert worker.stdout.readline() == "begun\n"
            log.delete("shop", "anna")
            assert worker.communicate("\n")[0] == "1\n"
        assert (_kept(log, "anna"), _kept(log, "ben")) == (([], []), (["e2"], []))
        assert not [file for file in tmp_path.iterdir() if b"anna" in file.read_bytes()]
