"""A call's stay inside the gate. Knows nothing of who is let in.

A class, for every call passes here and a generator's context manager costs three times as much.
"""

from types import TracebackType
from typing import Generic, Protocol, TypeVar

from firstlight_server.call import Call

_Place = TypeVar("_Place")


class Enclosed(Protocol[_Place]):
    """What has an inside."""

    async def enter(self, call: Call, /) -> _Place:
        """Lets ``call`` in, perhaps after a wait; its place there."""
        ...

    def leave(self, place: _Place, /, *, ended_well: bool) -> None:
        """It goes."""
        ...


class Admitted(Generic[_Place]):
    """Holds a call's place for as long as the block runs."""

    __slots__ = ("_call", "_gate", "_place")

    def __init__(self, gate: Enclosed[_Place], call: Call) -> None:
        self._gate, self._call = gate, call

    async def __aenter__(self) -> None:
        self._place = await self._gate.enter(self._call)

    async def __aexit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._gate.leave(self._place, ended_well=kind is None)
