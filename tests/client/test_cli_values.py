"""From words on the command line to events and attributes."""

from argparse import ArgumentTypeError
from datetime import UTC, datetime, timedelta, timezone

import pytest

from firstlight import Event, EventType
from firstlight._cli import values

TEN = datetime(2026, 1, 31, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("purchase:82914", Event.purchase("82914")),
        ("PURCHASE:82914", Event.purchase("82914")),
        ("remove-from-cart:82914", Event.remove_from_cart("82914")),
        ("view:82914@2026-01-31T10:00", Event.view("82914", timestamp=TEN)),
        ("view:82914@2026-01-31T10:00Z", Event.view("82914", timestamp=TEN)),
        ("view:82914@2026-01-31", Event.view("82914", timestamp=TEN.replace(hour=0))),
        ("rating:82914=-2.5", Event.rating("82914", -2.5)),
        ("rating:82914=3@2026-01-31T10:00", Event.rating("82914", 3, timestamp=TEN)),
        ("view:sku:red@home", Event.view("sku:red@home")),
        ("view:colour=red", Event.view("colour=red")),
        ("view:=5", Event.view("=5")),
        ("view:a@b@2026-01-31T10:00", Event.view("a@b", timestamp=TEN)),
    ],
)
def test_an_event_is_read_from_its_words(words: str, expected: Event) -> None:
    assert values.event(words) == expected


def test_a_time_with_a_zone_keeps_it() -> None:
    event = values.event("view:1@2026-01-31T12:00+02:00")
    assert event.timestamp == datetime(2026, 1, 31, 12, tzinfo=timezone(timedelta(hours=2)))


@pytest.mark.parametrize("event_type", list(EventType))
def test_every_event_type_can_be_written(event_type: EventType) -> None:
    assert values.event(f"{event_type}:1").type is event_type


@pytest.mark.parametrize("words", ["", "82914", "view:", ":82914", "seen:82914", "view:1@2026-99-99"])
def test_anything_else_is_refused(words: str) -> None:
    with pytest.raises(ArgumentTypeError):
        values.event(words)


def test_an_attribute_is_split_at_its_first_sign() -> None:
    assert values.attribute("size=a=b") == ("size", "a=b")
    assert values.attribute("size=") == ("size", "")
    with pytest.raises(ArgumentTypeError, match="is not NAME=VALUE"):
        values.attribute("=b")
