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
    """One call at the gate.

    Attributes:
        call: whose it is.
        cost_s: the server time it is expected to take, in seconds.
        arrived_s: when it came, in seconds of the monotonic clock.
        place: where it is now.
        given_s: what the server had given to running calls when this one began.
        turn: resolved when its turn comes; only where it has to wait.
    """

    call: Call
    cost_s: float
    arrived_s: float
    place: Place = Place.QUEUE
    given_s: float = 0.0
    turn: asyncio.Future[None] = field(init=False)

    @property
    def tenant(self) -> str:
        """The line it stands in."""
        return self.call.line
