"""What learners read of impressions, from a real database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from firstlight_store.event_log import EventLog, Impression, Shown


@pytest.fixture
def log(tmp_path: Path) -> Iterator[EventLog]:
    log = EventLog(f"sqlite:///{tmp_path / 'events.db'}")
    yield log
    log.close()


def _shown(request_id: str, user: str, *items: str) -> Impression:
    return Impression(request_id, user, 1e9, items=tuple(map(Shown, items)), context=b"\x00x")


def test_impressions_are_told_in_the_order_of_storing(log: EventLog) -> None:
    log.show([("shop", _shown("r1", "anna", "tea")), ("other", _shown("r2", "anna")), ("shop", _shown("r3", "ben"))])
    assert [one.request_id for one in log.shown_since("shop", 0, most=10)] == ["r1", "r3"]
    assert [one.request_id for one in log.shown_since("shop", 0, most=1)] == ["r1"]
    (last,) = log.shown_since("shop", 1, most=10)
    assert (last.request_id, last.sequence, last.context) == ("r3", 3, b"\x00x")


def test_what_users_were_shown_before_is_told_latest_first(log: EventLog) -> None:
    shown = [_shown("r1", "anna", "tea"), _shown("r2", "ben", "jam"), _shown("r3", "anna", "tea", "jam")]
    log.show([*(("shop", one) for one in shown), ("other", _shown("r4", "anna", "candle"))])
    assert log.shown_before("shop", ["anna", "ben", "cleo"], 9, most=5) == {
        "anna": [(3, ("tea", "jam")), (1, ("tea",))],
        "ben": [(2, ("jam",))],
    }
    assert log.shown_before("shop", ["anna"], 3, most=5) == {"anna": [(1, ("tea",))]}
    assert log.shown_before("shop", ["anna"], 9, most=1) == {"anna": [(3, ("tea", "jam"))]}
    assert log.shown_before("shop", [], 9, most=1) == {}
