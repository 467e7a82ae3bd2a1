"""Which gate a method passes: users' calls the gauge, administrative ones their reserve, gRPC's own services none.

Feedback passes a gauge of its own, so that it never holds up recommendations. Knows nothing of what gates do.
"""

from contextlib import AbstractAsyncContextManager, nullcontext

from firstlight_server.admission.gate import Gate
from firstlight_server.admission.reserve import Reserve
from firstlight_server.call import Call
from firstlight_server.errors import OverloadedError

_ADMINISTRATIVE = ("/firstlight.v1.IndexService/", "/firstlight.v1.CatalogueService/")
_FEEDBACK = "/firstlight.v1.FeedbackService/"
_ALWAYS = "/grpc."
"""Health and reflection: overload must not look like death, and a watch of health lasts for ever."""
_OPEN = nullcontext()


class Admission:
    """The gates of one server.

    Attributes:
        gate: users' calls pass here, but for those of FeedbackService.
    """

    def __init__(self, gate: Gate, reserve: Reserve, *, feedback: Gate) -> None:
        self.gate = gate
        self._feedback = feedback
        self._reserve = reserve

    @property
    def under_way(self) -> int:
        """How many users' calls are worked on or wait."""
        return sum(gate.running + gate.waiting for gate in (self.gate, self._feedback))

    def refusal(self, call: Call) -> OverloadedError | None:
        """What a user's call is refused with before it is read; None if it may come in, as far as can be told."""
        is_users = not call.method.startswith((_ALWAYS, *_ADMINISTRATIVE))
        return self._gate(call).refusal(call) if is_users else None

    def admit(self, call: Call) -> AbstractAsyncContextManager[None]:
        """Holds the call's place for as long as the block runs.

        Raises:
            OverloadedError: it is refused.
            DeadlinePassedError: its deadline passed while it waited.
        """
        if call.method.startswith(_ALWAYS):
            return _OPEN
        return self._reserve.admit(call) if call.method.startswith(_ADMINISTRATIVE) else self._gate(call).admit(call)

    def _gate(self, call: Call) -> Gate:
        return self._feedback if call.method.startswith(_FEEDBACK) else self.gate
