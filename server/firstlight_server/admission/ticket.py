"""A call's place at the gate. Knows nothing of who is let in."""

import asyncio
from dataclasses import dataclass, field
from enum import Enum, auto

from firstlight_server.call import Call


class Place(Enum):
    """Where a call is."""

    QUEUE = auto()
    RUNNING = auto()
    GONE = auto()


@dataclass(eq=False)
class Ticket:
    """One call at the gate: what it is expected to cost, when it came, and the future that its turn resolves."""

    call: Call
    cost_s: float
    arrived_s: float
    place: Place = Place.QUEUE
    turn: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    @property
    def tenant(self) -> str:
        """The line it stands in."""
        return self.call.line
