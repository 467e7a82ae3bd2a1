"""Stops asking what has failed again and again, so that not everybody waits for it; tries now and then.

Knows nothing of what is asked.
"""

import time
from collections.abc import Callable

_FAILURES = 3
_REST_S = 1.0


class Breaker:
    """Open after three failures in a row; then one try a second is let through, until one succeeds."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures = 0
        self._next_try_s = 0.0

    @property
    def is_open(self) -> bool:
        """Whether what is asked has failed too often in a row."""
        return self._failures >= _FAILURES

    def lets_through(self) -> bool:
        """Whether to ask now; while open, true once a second."""
        if not self.is_open:
            return True
        now_s = self._clock()
        if now_s < self._next_try_s:
            return False
        self._next_try_s = now_s + _REST_S
        return True

    def succeeded(self) -> bool:
        """It was answered; whether that closes the breaker."""
        was_open, self._failures = self.is_open, 0
        return was_open

    def failed(self) -> bool:
        """It was not answered, or not in time; whether that opens the breaker."""
        self._failures += 1
        self._next_try_s = self._clock() + _REST_S
        return self._failures == _FAILURES
