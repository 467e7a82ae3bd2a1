"""What a recommendation takes from memory and leaves there: stored events before it, the impression after it.

A log that fails or is late never stops an answer: the answer says what it did without. Knows nothing of messages.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from firstlight_server.answer import Answer, Notice, WarningCode
from firstlight_server.errors import EventsUnavailableError
from firstlight_server.memory.backlog import Backlog
from firstlight_server.memory.memory import Memory
from firstlight_server.memory.patience import within
from firstlight_server.memory.stored_events import with_stored
from firstlight_server.memory.untouched import MOST_IMPRESSIONS, wants_untouched, with_untouched
from firstlight_server.memory.writes import Showing
from firstlight_server.query import RecommendQuery
from firstlight_store.event_log import EventLog, Impression, Shown

_EVER = 2**62
"""Above the sequence of any impression."""
_SHARE_OF_TIME = 0.5
"""Of what a call has left, for reading; the rest is for the answer."""
_UNAVAILABLE = Notice(
    WarningCode.HISTORY_UNAVAILABLE,
    "user_id",
    "the user's stored events could not be read in time; the answer knows only what the request holds",
)
_NOT_RECORDED = Notice(
    WarningCode.IMPRESSION_NOT_RECORDED,
    "user_id",
    "what is shown could not be remembered; feedback on it will not be attributed",
)


@dataclass(frozen=True)
class Recalled:
    """Questions with what is stored of their users.

    Attributes:
        queries: the questions.
        seen: the last erasure before they were read.
        complete: whether all that was wanted could be read.
    """

    queries: Sequence[RecommendQuery]
    seen: int = 0
    complete: bool = True


class Recall:
    """Reads and writes for those who answer."""

    def __init__(self, memory: Memory, backlog: Backlog, *, records: bool) -> None:
        """Takes whether impressions are recorded at all."""
        self._memory = memory
        self._backlog = backlog
        self._records = records

    async def recall(self, tenant: str, queries: Sequence[RecommendQuery], *, left_s: float) -> Recalled:
        """The questions, each with the latest stored events of its user, where a call has ``left_s`` seconds left."""
        known = {query.user_id for query in queries if query.user_id}
        if not known:
            return Recalled(queries)
        seen = self._memory.seen
        try:
            names = self._memory.opened.names
            users = [(tenant, names.of(tenant, user)) for user in known]
            stored = await self._memory.latest(users, left_s=_SHARE_OF_TIME * left_s)
        except EventsUnavailableError:
            return Recalled(queries, seen, complete=False)
        histories = dict(zip(known, stored.histories, strict=True))
        told = [with_stored(query, histories.get(query.user_id, ())) for query in queries]
        if not any(map(wants_untouched, told)):
            return Recalled(told, stored.seen)
        return await self._shown_before(tenant, Recalled(told, stored.seen), left_s=_SHARE_OF_TIME * left_s)

    async def _shown_before(self, tenant: str, recalled: Recalled, *, left_s: float) -> Recalled:
        """The questions with what their users were shown, as far as it matters and can be read in time."""
        queries = recalled.queries

        def read(log: EventLog) -> list[RecommendQuery]:
            names = self._memory.opened.names
            users = [names.of(tenant, one.user_id) if wants_untouched(one) else "" for one in queries]
            shown = log.shown_before(tenant, [user for user in users if user], _EVER, most=MOST_IMPRESSIONS)
            asked = zip(queries, users, strict=True)
            return [
                with_untouched(one, (ids for _, ids in shown.get(user, ()))) if user else one for one, user in asked
            ]

        try:
            return replace(recalled, queries=await within(self._memory.read(read), wait_s=left_s))
        except (EventsUnavailableError, TimeoutError):
            return replace(recalled, complete=False)

    def shown(
        self, recalled: Recalled, answers: Sequence[Answer], *, tenant: str, snapshot_id: str, ids: Sequence[str]
    ) -> list[Answer]:
        """The answers as they are shown, each remembered under its request id, and marked where memory failed."""
        told: list[Answer] = []
        for query, answer, request_id in zip(recalled.queries, answers, ids, strict=True):
            if not query.user_id:
                told.append(answer)
                continue
            notices = () if recalled.complete else (_UNAVAILABLE,)
            if self._is_lost(
                query, answer, recalled.seen, tenant=tenant, snapshot_id=snapshot_id, request_id=request_id
            ):
                notices = (*notices, _NOT_RECORDED)
            count = sum(1 for event in query.events if event.event_id)
            told.append(replace(answer, notices=answer.notices + notices, stored_event_count=count))
        return told

    def _is_lost(
        self, query: RecommendQuery, answer: Answer, seen: int, *, tenant: str, snapshot_id: str, request_id: str
    ) -> bool:
        """Whether what is shown should be remembered and cannot be."""
        if query.unrecorded or not self._records or not answer.items:
            return False
        try:
            user = self._memory.opened.names.of(tenant, query.user_id)
        except EventsUnavailableError:
            return True
        impression = Impression(
            request_id=request_id,
            user=user,
            at_s=time.time(),
            snapshot_id=snapshot_id,
            arm=answer.arm,
            policy=answer.policy,
            items=tuple(Shown(item.item_id, item.propensity, item.explored) for item in answer.items),
            context=answer.context,
        )
        return not self._backlog.add(Showing(tenant, impression, seen))
