"""Answers questions for profiles: reads their events, has missing texts encoded, computes on a thread.

Knows nothing of messages.
"""

import time

from firstlight_server.call import Deadline
from firstlight_server.dispatcher import Dispatcher
from firstlight_server.limits import MAX_EVENTS
from firstlight_server.loaded_snapshot import LoadedSnapshot
from firstlight_server.profile.profile_query import ProfileAnswer, ProfileQuery


class ProfileDesk:
    """Over the server's threads."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        self._dispatcher = dispatcher

    async def profile(self, loaded: LoadedSnapshot, query: ProfileQuery, *, deadline: Deadline) -> ProfileAnswer:
        """The profile; events whose text was not encoded in time are left out.

        Raises:
            DeadlinePassedError: nobody waits for the answer any more.
        """
        evidence = loaded.reader.read(query.user, now_s=time.time(), most=MAX_EVENTS)
        texts = await self._dispatcher.texts(loaded, evidence.prompts, deadline=deadline)
        clues = [clue for clue in evidence.clues if clue.row is not None or clue.prompt in texts]

        def computed() -> ProfileAnswer:
            profile = loaded.profiler.profile(
                clues, texts=texts, most=query.most, want_trajectory=query.want_trajectory
            )
            times_s = [query.user.events[clue.position].at_s for clue in clues]
            return ProfileAnswer(profile, times_s, evidence.notices)

        return await self._dispatcher.aside(computed)
