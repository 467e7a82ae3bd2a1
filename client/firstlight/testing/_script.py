"""What a fake server is told to do with its next calls, first told first done.

Safe between threads. It knows no gRPC.
"""

import threading
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class _Line(Generic[T]):
    value: T
    method: str | None
    left: int | None  # None: for good


class Script(Generic[T]):
    """Values to be used up by calls."""

    def __init__(self) -> None:
        self._lines: list[_Line[T]] = []
        self._lock = threading.Lock()

    def add(self, value: T, *, times: int | None, method: str | None) -> None:
        """Put a value at the end.

        Args:
            value: The value.
            times: How many calls it serves; None for all from now on.
            method: The RPC it is for, such as "Recommend"; None for any.

        """
        if times is not None and times < 1:
            raise ValueError(f"times must be at least 1, or None for every call; got {times}")
        with self._lock:
            self._lines.append(_Line(value, method, times))

    def take(self, method: str) -> T | None:
        """Return the value for a call of `method`, used up by one; None if there is none."""
        with self._lock:
            for line in self._lines:
                if line.method in (None, method):
                    return self._use(line)
        return None

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._lines.clear()

    def _use(self, line: _Line[T]) -> T:
        if line.left is not None:
            line.left -= 1
            if line.left == 0:
                self._lines.remove(line)
        return line.value
