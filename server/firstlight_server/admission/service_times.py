"""What calls cost, measured on those that ended lately. Knows nothing of queues or threads.

While n calls run, each is given 1/n of every second (processor sharing), so that the costs of all calls add up to the
time in which the server was busy: batching, threads and waits inside are all in it.
"""

_NEWEST = 0.1
"""The weight of the newest call in the moving average: about the latest ten count."""


class SharedTime:
    """The server time given to each call that runs: its integral of 1 ÷ (calls running) over time."""

    def __init__(self) -> None:
        self._running = 0
        self._given_s = 0.0
        self._at_s = 0.0

    def enter(self, now_s: float) -> float:
        """A call begins at ``now_s``; what was given until then, to be subtracted from what `leave` returns."""
        self._advance(now_s)
        self._running += 1
        return self._given_s

    def leave(self, now_s: float) -> float:
        """A call ends at ``now_s``; what was given until then."""
        self._advance(now_s)
        self._running -= 1
        return self._given_s

    def _advance(self, now_s: float) -> None:
        if self._running:
            self._given_s += (now_s - self._at_s) / self._running
        self._at_s = now_s


class ServiceTimes:
    """Moving averages of seconds a unit, by method."""

    def __init__(self) -> None:
        self._means_s: dict[str, float] = {}

    def expected_s(self, method: str, units: int = 1) -> float:
        """What a call of ``units`` is expected to cost, in seconds; 0 until one was measured."""
        return self._means_s.get(method, 0.0) * units

    def record(self, method: str, cost_s: float, *, units: int = 1) -> None:
        """A call of ``units`` cost ``cost_s``."""
        one_s = cost_s / max(units, 1)
        mean_s = self._means_s.get(method, one_s)
        self._means_s[method] = mean_s + _NEWEST * (one_s - mean_s)
