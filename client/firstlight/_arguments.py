"""Checks of what a caller passed: the right type, named in the error, and nothing more.

It does not know the service's limits (ranges, lengths, counts): the service checks those and answers `InvalidRequest`,
so that a limit is written in one place.
"""

import math
from collections.abc import Iterable, Mapping
from numbers import Real
from typing import TypeVar, cast

T = TypeVar("T")

_INT32_MAX = 2**31 - 1


def text(name: str, value: object) -> str:
    """Return `value` as a string that can travel as UTF-8.

    Raises:
        TypeError: It is no string.
        ValueError: It holds lone surrogates, which UTF-8 cannot carry.

    """
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a str, got {_shown(value)}")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise ValueError(f"{name} cannot be written as UTF-8: {error}") from None
    return value


def texts(name: str, value: object) -> tuple[str, ...]:
    """Return `value` as a tuple of strings; one bare string is refused, since it would be read letter by letter."""
    if isinstance(value, str):
        raise TypeError(f"{name} must be a sequence of str, got one str: write {name}=[{value!r}]")
    return tuple(text(f"{name}[{place}]", each) for place, each in enumerate(_iterated(name, value, "str")))


def instances(name: str, value: object, kind: type[T]) -> tuple[T, ...]:
    """Return `value` as a tuple whose every member is a `kind`."""
    members = tuple(_iterated(name, value, kind.__name__))
    for place, each in enumerate(members):
        if not isinstance(each, kind):
            raise TypeError(f"{name}[{place}] must be a firstlight.{kind.__name__}, got {_shown(each)}")
    return members  # type: ignore[return-value]  # every member was checked above


def instance(name: str, value: object, kind: type[T]) -> T:
    """Return `value`, a `kind`."""
    if not isinstance(value, kind):
        raise TypeError(f"{name} must be a firstlight.{kind.__name__}, got {_shown(value)}")
    return value


def mapping(name: str, value: object) -> dict[str, str]:
    """Return `value`, a mapping of strings, as a dictionary."""
    if not isinstance(value, Mapping):
        raise TypeError(f"{name} must be a mapping of str to str, got {_shown(value)}")
    pairs = cast("Mapping[object, object]", value)
    return {text(f"a key of {name}", key): text(f"{name}[{key!r}]", each) for key, each in pairs.items()}


def number(name: str, value: object) -> float:
    """Return `value` as a float; booleans are no numbers here."""
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{name} must be a number, got {_shown(value)}")
    return float(value)


def integer(name: str, value: object) -> int:
    """Return `value` as an int that the wire can carry (32 bits, signed); booleans are no integers here."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} must be an int, got {_shown(value)}")
    if abs(value) > _INT32_MAX:
        raise ValueError(f"{name} must fit into 32 bits, got {value}")
    return value


def flag(name: str, value: object) -> bool:
    """Return `value`, a bool."""
    if not isinstance(value, bool):
        raise TypeError(f"{name} must be a bool, got {_shown(value)}")
    return value


def seconds(name: str, value: object) -> float:
    """Return `value` as a finite number of seconds above zero."""
    result = number(name, value)
    if not math.isfinite(result) or result <= 0:
        raise ValueError(f"{name} must be a finite number of seconds above 0, got {result}")
    return result


def share(name: str, value: object) -> float:
    """Return `value` as a part of a whole, above 0; nothing at all has a word of its own."""
    result = number(name, value)
    if not 0 < result <= 1:
        raise ValueError(f"{name} must be above 0 and at most 1, got {result}")
    return result


def _iterated(name: str, value: object, member: str) -> Iterable[object]:
    if not isinstance(value, Iterable):
        raise TypeError(f"{name} must be a sequence of {member}, got {_shown(value)}")
    return value  # pyright: ignore[reportUnknownVariableType]  # members are checked one by one


def _shown(value: object) -> str:
    return f"{type(value).__name__} {value!r:.80}"
