"""How long a client waits for a server to become ready. It does not know how the server is asked."""

import time

import grpc

from firstlight import _arguments
from firstlight._errors import CallFailed, Failure, Unavailable

READY_TIMEOUT_S = 30.0
"""How long `wait_until_ready` waits unless told otherwise, in seconds."""

READY_POLL_S = 0.1
"""How long `wait_until_ready` rests between two looks, in seconds."""


class Patience:
    """What is left of a wait for readiness, and what to say when it runs out."""

    def __init__(self, target: str, timeout_s: float) -> None:
        self._target = target
        self._timeout_s = _arguments.seconds("timeout_s", timeout_s)
        self._end_s = time.monotonic() + self._timeout_s

    def remaining_s(self, at_most_s: float) -> float:
        """Return what is left in seconds, at most `at_most_s` and never so little that no look is possible."""
        return max(0.001, min(self._end_s - time.monotonic(), at_most_s))

    def check(self, obstacle: CallFailed | None) -> None:
        """Return while there is time left.

        Args:
            obstacle: The failure of the last look; None if the server answered that it is not serving.

        Raises:
            Unavailable: The time is up.

        """
        if time.monotonic() + READY_POLL_S < self._end_s:
            return
        said = "it answers, but is not serving yet" if obstacle is None else obstacle.failure.message
        message = f"{self._target} was not ready within {self._timeout_s:g} s: {said}"
        raise Unavailable(Failure(code=grpc.StatusCode.UNAVAILABLE, message=message, method="Check")) from obstacle
