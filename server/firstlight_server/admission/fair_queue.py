"""The calls that wait, one line a tenant, served by start-time fair queueing (Goyal, Vin and Cheng, SIGCOMM 1996).

Over any time in which two tenants both wait, the server time they get, each divided by its weight, differs by at most
one call of each; a tenant alone gets everything. When the queue is full, the newest call of the longest line makes
room, so that a flood only ever displaces itself. Knows nothing of clocks, deadlines or asyncio.
"""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

MIN_COST_S = 1e-4
"""What a call counts at least, so that calls that were never measured are shared out by their number."""


class Waiting(Protocol):
    """A call that waits."""

    @property
    def tenant(self) -> str:
        """Whose it is."""
        ...

    @property
    def cost_s(self) -> float:
        """The server time it is expected to take, in seconds."""
        ...


_Ticket = TypeVar("_Ticket", bound=Waiting)


@dataclass
class _Line(Generic[_Ticket]):
    """One tenant's waiting calls; ``start`` is the virtual time at which its first one may begin."""

    weight: float
    start: float = 0.0
    backlog_s: float = 0.0
    tickets: deque[_Ticket] = field(default_factory=deque[_Ticket])

    def add(self, ticket: _Ticket) -> None:
        self.tickets.append(ticket)
        self.backlog_s += _cost_s(ticket)

    def subtract(self, ticket: _Ticket) -> None:
        self.backlog_s = self.backlog_s - _cost_s(ticket) if self.tickets else 0.0


class FairQueue(Generic[_Ticket]):
    """Tenants' lines. The caller bounds how many calls it puts in."""

    def __init__(self, weights: Mapping[str, float] | None = None) -> None:
        """Takes the tenants' shares; who is not named has 1."""
        self._weights = weights or {}
        self._lines: dict[str, _Line[_Ticket]] = {}
        self._now = 0.0
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def put(self, ticket: _Ticket) -> None:
        """Appends a call to its tenant's line."""
        line = self._line(ticket.tenant)
        if not line.tickets:
            line.start = max(line.start, self._now)
        line.add(ticket)
        self._count += 1

    def take(self) -> _Ticket | None:
        """Takes out the call whose turn it is; None if none waits."""
        line = min(self._busy(), key=lambda one: one.start, default=None)
        if line is None:
            return None
        ticket = line.tickets.popleft()
        line.subtract(ticket)
        self._count -= 1
        self._now = line.start
        line.start += _cost_s(ticket) / line.weight
        return ticket

    def remove(self, ticket: _Ticket) -> bool:
        """Takes out a call that nobody waits for any more; False if it was no longer there."""
        line = self._line(ticket.tenant)
        try:
            line.tickets.remove(ticket)
        except ValueError:
            return False
        line.subtract(ticket)
        self._count -= 1
        return True

    def has_room(self, tenant: str, cost_s: float) -> bool:
        """Whether another line is longer than ``tenant``'s own with ``cost_s`` more, so that it can make room."""
        return self._longer(tenant, cost_s) is not None

    def make_room(self, tenant: str, cost_s: float) -> _Ticket | None:
        """Takes out the newest call of the longest line; None if with ``cost_s`` more it is ``tenant``'s own."""
        longest = self._longer(tenant, cost_s)
        if longest is None:
            return None
        ticket = longest.tickets.pop()
        longest.subtract(ticket)
        self._count -= 1
        return ticket

    def ahead_s(self, tenant: str, cost_s: float) -> float:
        """The server time that goes to waiting calls before a new one of ``tenant`` begins, in seconds."""
        own = self._line(tenant)
        turn = (own.backlog_s + max(cost_s, MIN_COST_S)) / own.weight
        others = (min(line.backlog_s, turn * line.weight) for line in self._busy() if line is not own)
        return own.backlog_s + sum(others)

    def _longer(self, tenant: str, cost_s: float) -> _Line[_Ticket] | None:
        longest = max(self._busy(), key=lambda one: one.backlog_s / one.weight, default=None)
        own = self._line(tenant)
        if longest is None or longest is own:
            return None
        with_it = (own.backlog_s + max(cost_s, MIN_COST_S)) / own.weight
        return longest if with_it <= longest.backlog_s / longest.weight else None

    def _line(self, tenant: str) -> _Line[_Ticket]:
        return self._lines.setdefault(tenant, _Line(self._weights.get(tenant, 1.0)))

    def _busy(self) -> Iterable[_Line[_Ticket]]:
        return (line for line in self._lines.values() if line.tickets)


def _cost_s(ticket: Waiting) -> float:
    return max(ticket.cost_s, MIN_COST_S)
