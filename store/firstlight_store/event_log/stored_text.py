"""Text as both databases can hold it: PostgreSQL has no NUL, and neither has half a surrogate pair.

Nothing is lost: what cannot be stored is written as U+FDD0, which stands for nothing else, and four hexadecimal digits.
Knows nothing of tables.
"""

import re
from typing import Any

from sqlalchemy import Dialect, Text
from sqlalchemy.types import TypeDecorator

_MARK = "\ufdd0"
_UNSTORABLE = re.compile(f"[\0\ud800-\udfff{_MARK}]")
_MARKED = re.compile(f"{_MARK}([0-9a-f]{{4}})")


def stored(text: str) -> str:
    """``text`` as it is stored."""
    if text.isascii() and "\0" not in text:
        return text
    return _UNSTORABLE.sub(lambda found: f"{_MARK}{ord(found[0]):04x}", text)


def told(text: str) -> str:
    """What was given to `stored`."""
    return _MARKED.sub(lambda found: chr(int(found[1], 16)), text) if is_marked(text) else text


def is_marked(text: str) -> bool:
    """Whether `told` would change it."""
    return _MARK in text


class StoredText(TypeDecorator[str]):
    """A column of any text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> Any:  # noqa: D102
        return None if value is None else stored(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> str | None:  # noqa: D102
        return None if value is None else told(value)
