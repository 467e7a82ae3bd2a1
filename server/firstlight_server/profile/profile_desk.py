"""Answers questions for profiles: reads their events, has missing texts encoded, computes on a thread.

Knows nothing of messages.
"""

import time
from collections.abc import Sequence

from firstlight_server.answer import ReasonKind
from firstlight_server.call import Deadline
from firstlight_server.dispatcher import Dispatcher
from firstlight_server.evidence import Clue
from firstlight_server.limits import MAX_EVENTS
from firstlight_server.loaded_snapshot import LoadedSnapshot
from firstlight_server.profile.profile_query import ProfileAnswer, ProfileQuery
from firstlight_server.query import Event

_HOUR_S = 3_600.0


class ProfileDesk:
    """Over the server's threads."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        self._dispatcher = dispatcher

    async def profile(self, loaded: LoadedSnapshot, query: ProfileQuery, *, deadline: Deadline) -> ProfileAnswer:
        """The profile; events whose text was not encoded in time are left out.

        Raises:
            DeadlinePassedError: nobody waits for the answer any more.
        """
        now_s = time.time()
        evidence = loaded.reader.read(query.user, now_s=now_s, most=MAX_EVENTS)
        texts = await self._dispatcher.texts(loaded.texts, evidence.prompts, deadline=deadline)
        clues = [clue for clue in evidence.clues if clue.row is not None or clue.prompt in texts]

        def computed() -> ProfileAnswer:
            profile = loaded.profiler.profile(
                clues, texts=texts, most=query.most, want_trajectory=query.want_trajectory
            )
            times_s = [_at_s(clue, query.user.events, now_s=now_s) for clue in clues]
            return ProfileAnswer(profile, times_s, evidence.notices)

        return await self._dispatcher.aside(computed)


def _at_s(clue: Clue, events: Sequence[Event], *, now_s: float) -> float | None:
    """When it was, in seconds since 1970: as the request says, or, of a stored event, as its age says."""
    if clue.kind is ReasonKind.STORED_EVENT:
        return round(now_s - clue.gap_h * _HOUR_S, 3)
    return events[clue.position].at_s
