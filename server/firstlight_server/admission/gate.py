"""The gauge in the handlers' path: so many calls run, so many wait, the others are refused at once.

A call waits only if it is expected to end in time; the expectation comes from what calls cost lately. Belongs to the
event loop. Knows nothing of what a call does.
"""

import asyncio
import math
import random
import time
from collections.abc import Container
from dataclasses import dataclass

from firstlight_server.admission.admitted import Admitted
from firstlight_server.admission.fair_queue import FairQueue
from firstlight_server.admission.observer import LoadObserver
from firstlight_server.admission.quotas import Quotas
from firstlight_server.admission.service_times import ServiceTimes, SharedTime
from firstlight_server.admission.ticket import Place, Ticket
from firstlight_server.call import Call
from firstlight_server.errors import DeadlinePassedError, OverloadedError
from firstlight_server.limits import DEFAULT_TENANT

_MIN_RETRY_S, _MAX_RETRY_S = 0.02, 2.0


@dataclass(frozen=True, kw_only=True)
class GateLimits:
    """How much is taken in.

    Attributes:
        running: calls worked on at a time.
        waiting: calls that wait at a time.
        max_wait_s: the longest wait that a call is let in for.
    """

    running: int
    waiting: int
    max_wait_s: float


class Gate:
    """Lets calls in.

    Attributes:
        running: how many are worked on now.
    """

    def __init__(
        self,
        limits: GateLimits,
        *,
        queue: FairQueue[Ticket],
        quotas: Quotas,
        tenants: Container[str],
        observer: LoadObserver,
    ) -> None:
        """Takes the ``tenants`` there are: calls in other names share one line, so inventing names buys no share."""
        self.running = 0
        self._limits = limits
        self._queue = queue
        self._quotas = quotas
        self._tenants = tenants
        self._observer = observer
        self._times = ServiceTimes()
        self._shared = SharedTime()
        self._running_s = 0.0
        self._spread = random.Random()

    @property
    def waiting(self) -> int:
        """How many calls wait now."""
        return len(self._queue)

    def refusal(self, call: Call) -> OverloadedError | None:
        """What ``call`` is refused with whatever its deadline, told without having read it; None if it may come in."""
        ticket = self._ticket(call)
        try:
            self._check_quota(ticket)
            if self.running:
                self._check_wait(ticket, math.inf)
                if self._is_full and not self._queue.has_room(ticket.tenant, ticket.cost_s):
                    raise self._no_room(ticket)
        except OverloadedError as error:
            return error
        return None

    def admit(self, call: Call) -> Admitted[Ticket]:
        """Waits for the call's turn, and counts it for as long as the block runs.

        Entering raises:
            OverloadedError: it would not end in time, there is no room, or its tenant's quota is spent; the error says
                when to come back.
            DeadlinePassedError: its deadline passed while it waited.
        """
        return Admitted(self, call)

    async def enter(self, call: Call) -> Ticket:
        """Begins what `admit` does; `leave` ends it."""
        ticket = self._ticket(call)
        self._check(ticket)
        if self.running < self._limits.running and not self._queue:
            self._start(ticket)
        else:
            await self._wait(ticket)
        ticket.given_s = self._shared.enter(time.monotonic())
        return ticket

    def leave(self, ticket: Ticket, *, ended_well: bool) -> None:
        """The work on a call that entered is over. One that failed or was given up says nothing of what calls cost."""
        cost_s = self._shared.leave(time.monotonic()) - ticket.given_s
        if ended_well:
            self._times.record(ticket.call.method, cost_s, units=ticket.call.units)
        self._leave(ticket)

    def _ticket(self, call: Call) -> Ticket:
        name = call.tenant or DEFAULT_TENANT
        call.line = name if name in self._tenants else ""
        return Ticket(call, self._times.expected_s(call.method, call.units), time.monotonic())

    async def _wait(self, ticket: Ticket) -> None:
        turn = ticket.turn = asyncio.get_running_loop().create_future()
        self._queue.put(ticket)
        try:
            await turn
        except asyncio.CancelledError:
            self._observer.dropped(ticket.call)
            if ticket.place is Place.RUNNING:  # its turn came at the very moment its caller hung up
                self._leave(ticket)
            else:
                self._queue.remove(ticket)
            raise

    def _check(self, ticket: Ticket) -> None:
        """Raises if the call cannot be taken in."""
        self._check_quota(ticket)
        if self.running:  # NOTE: an idle server takes every call, or a wrong expectation would never be corrected
            self._check_wait(ticket, ticket.call.deadline.left_s)
            if self._is_full:
                self._make_room(ticket)
        self._quotas.spend(ticket.tenant, ticket.call.units, now_s=ticket.arrived_s)

    def _check_quota(self, ticket: Ticket) -> None:
        try:
            self._quotas.require(ticket.tenant, ticket.call.units, now_s=ticket.arrived_s)
        except OverloadedError:
            self._observer.refused(ticket.call, reason="quota")
            raise

    def _check_wait(self, ticket: Ticket, left_s: float) -> None:
        ahead_s = self._running_s + self._queue.ahead_s(ticket.tenant, ticket.cost_s)
        if ahead_s + ticket.cost_s > left_s:
            raise self._refusal(
                ticket, "deadline", f"it would take {ahead_s + ticket.cost_s:.3f} s of {left_s:.3f} s left"
            )
        if ahead_s > self._limits.max_wait_s:
            raise self._refusal(ticket, "wait", f"it would wait {ahead_s:.3f} s")

    @property
    def _is_full(self) -> bool:
        return len(self._queue) >= self._limits.waiting

    def _make_room(self, ticket: Ticket) -> None:
        displaced = self._queue.make_room(ticket.tenant, ticket.cost_s)
        if displaced is None:
            raise self._no_room(ticket)
        displaced.place = Place.GONE
        if displaced.turn.done():  # its caller hung up a moment ago
            return
        why = "its tenant has more than its share of the queue, and another one asked for its own"
        displaced.turn.set_exception(self._refusal(displaced, "share", why))

    def _no_room(self, ticket: Ticket) -> OverloadedError:
        return self._refusal(ticket, "queue", f"{len(self._queue)} calls wait already")

    def _refusal(self, ticket: Ticket, reason: str, why: str) -> OverloadedError:
        self._observer.refused(ticket.call, reason=reason)
        # Half of the backlog, so that the queue does not run dry; spread, so that not all come back at once.
        backlog_s = self._running_s + self._queue.ahead_s(ticket.tenant, ticket.cost_s)
        retry_s = min(max(0.5 * backlog_s, _MIN_RETRY_S), _MAX_RETRY_S) * self._spread.uniform(0.8, 1.2)
        return OverloadedError(
            f"the service is overloaded: {why}; try again in {retry_s:.3f} s", reason=reason, retry_after_s=retry_s
        )

    def _start(self, ticket: Ticket) -> None:
        ticket.place = Place.RUNNING
        self.running += 1
        self._running_s += ticket.cost_s
        self._observer.admitted(ticket.call, wait_s=time.monotonic() - ticket.arrived_s)

    def _leave(self, ticket: Ticket) -> None:
        self.running -= 1
        self._running_s = self._running_s - ticket.cost_s if self.running else 0.0
        while self.running < self._limits.running and (following := self._queue.take()) is not None:
            self._call_in(following)

    def _call_in(self, ticket: Ticket) -> None:
        if ticket.turn.done():
            ticket.place = Place.GONE
        elif ticket.call.deadline.left_s <= 0:
            ticket.place = Place.GONE
            self._observer.dropped(ticket.call)
            ticket.turn.set_exception(DeadlinePassedError("the deadline passed while the call waited; it was not done"))
        else:
            self._start(ticket)
            ticket.turn.set_result(None)
