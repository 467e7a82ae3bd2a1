"""Who is told what admission decides: metrics, logs, the degradation ladder. Knows nothing of how it is decided."""

from collections import Counter
from collections.abc import Iterable

from firstlight_server.call import Call
from firstlight_server.degradation.rung import Rung


class LoadObserver:
    """Told of every call, on the event loop, so its methods must be quick. These do nothing: override what matters."""

    def admitted(self, call: Call, *, wait_s: float) -> None:
        """Work on ``call`` begins after ``wait_s`` in the queue."""

    def refused(self, call: Call, *, reason: str) -> None:
        """``call`` was refused; ``reason`` is a stable word: deadline, wait, queue, share, quota, reserve."""

    def dropped(self, call: Call) -> None:
        """``call`` was given up while it waited: its deadline passed or its caller hung up."""

    def answered(self, call: Call, *, rung: Rung) -> None:
        """One user's recommendations in ``call`` were served from ``rung``."""


class Observers(LoadObserver):
    """Tells several."""

    def __init__(self, observers: Iterable[LoadObserver]) -> None:
        self._observers = tuple(observers)

    def admitted(self, call: Call, *, wait_s: float) -> None:
        """Tells all of them."""
        for one in self._observers:
            one.admitted(call, wait_s=wait_s)

    def refused(self, call: Call, *, reason: str) -> None:
        """Tells all of them."""
        for one in self._observers:
            one.refused(call, reason=reason)

    def dropped(self, call: Call) -> None:
        """Tells all of them."""
        for one in self._observers:
            one.dropped(call)

    def answered(self, call: Call, *, rung: Rung) -> None:
        """Tells all of them."""
        for one in self._observers:
            one.answered(call, rung=rung)


class Tally(LoadObserver):
    """Counts in memory.

    Attributes:
        calls: calls by tenant and what became of them: "admitted", "dropped", or the reason of the refusal.
        rungs: recommendations by tenant and rung.
    """

    def __init__(self) -> None:
        self.calls: Counter[tuple[str, str]] = Counter()
        self.rungs: Counter[tuple[str, Rung]] = Counter()

    def admitted(self, call: Call, *, wait_s: float) -> None:
        """Counts it."""
        self.calls[call.line, "admitted"] += 1

    def refused(self, call: Call, *, reason: str) -> None:
        """Counts it."""
        self.calls[call.line, reason] += 1

    def dropped(self, call: Call) -> None:
        """Counts it."""
        self.calls[call.line, "dropped"] += 1

    def answered(self, call: Call, *, rung: Rung) -> None:
        """Counts it."""
        self.rungs[call.line, rung] += 1
