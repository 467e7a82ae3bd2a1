"""From words on the command line to values of the SDK. It does not know which option a word belongs to."""

import re
from argparse import ArgumentTypeError
from collections.abc import Callable
from datetime import UTC, datetime

from firstlight._declaration import Declaration
from firstlight._enums import EventType
from firstlight._event import Event
from firstlight._reranking import Pin


def event(words: str) -> Event:
    """Read `TYPE:ITEM`, with `=WEIGHT` and then `@TIME` behind it where wanted.

    Raises:
        ArgumentTypeError: It is no such thing; the message says what would be.
    """
    name, colon, rest = words.partition(":")
    kind = name.strip().lower().replace("-", "_")
    if not colon or not rest or kind not in set(EventType):
        known = ", ".join(EventType)
        raise ArgumentTypeError(f"{words!r} is not TYPE:ITEM, such as purchase:82914; TYPE is one of {known}")
    rest, timestamp = _split_time(rest)
    item_id, weight = _split_weight(rest)
    return Event(item_id, type=EventType(kind), timestamp=timestamp, weight=weight)


def declared(make: Callable[..., Declaration], *, against: bool = False) -> Callable[[str], Declaration]:
    """Return a reader of one declaration, such as `declared(Declaration.brand, against=True)`."""

    def declaration(words: str) -> Declaration:
        return make(words, weight=-1.0) if against else make(words)

    return declaration


def attribute(words: str) -> tuple[str, str]:
    """Read `NAME=VALUE`.

    Raises:
        ArgumentTypeError: There is no "=" in it, or nothing before it.
    """
    name, equals, value = words.partition("=")
    if not name or not equals:
        raise ArgumentTypeError(f"{words!r} is not NAME=VALUE, such as size='12 oz'")
    return name, value


def pin(words: str) -> Pin:
    """Read `ITEM@PLACE`.

    Raises:
        ArgumentTypeError: There is no item, or no number, around the last "@".
    """
    item_id, _, place = words.rpartition("@")
    if not item_id or not place.isdecimal():
        raise ArgumentTypeError(f"{words!r} is not ITEM@PLACE, such as 82914@1")
    return Pin(item_id, int(place))


def _split_time(words: str) -> tuple[str, datetime | None]:
    head, at, tail = words.rpartition("@")
    if not at or not re.match(r"\d{4}-", tail):  # an "@" may belong to the item's id
        return words, None
    try:
        moment = datetime.fromisoformat(tail)
    except ValueError:
        raise ArgumentTypeError(f"{tail!r} is no time, such as 2026-01-31T10:00 or 2026-01-31T10:00+02:00") from None
    return head, moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _split_weight(words: str) -> tuple[str, float | None]:
    head, equals, tail = words.rpartition("=")
    try:
        return (head, float(tail)) if equals and head else (words, None)
    except ValueError:  # an "=" may belong to the item's id
        return words, None
