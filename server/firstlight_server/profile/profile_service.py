"""ProfileService on the wire: check, translate, call, translate. No arithmetic.

Knows nothing of how profiles are made.
"""

from dataclasses import replace
from typing import Any

import grpc.aio

from firstlight.v1 import profile_service_pb2 as pb
from firstlight.v1 import profile_service_pb2_grpc as pb_grpc
from firstlight_server.answer import Notice, WarningCode
from firstlight_server.call import CANARY, LIVE, Call, current_call
from firstlight_server.dispatcher import Dispatcher
from firstlight_server.feedback_view import FeedbackView
from firstlight_server.profile.profile_desk import ProfileDesk
from firstlight_server.profile.profile_messages import profile_query, profile_response
from firstlight_server.profile.profile_query import ProfileQuery
from firstlight_server.profile.profile_validation import check_profile
from firstlight_server.tenants import TenantRegistry

Context = grpc.aio.ServicerContext[Any, Any]

_UNAVAILABLE = Notice(
    WarningCode.HISTORY_UNAVAILABLE,
    "user_id",
    "the user's stored events could not be read in time; the profile knows only what the request holds",
)


class ProfileService(pb_grpc.ProfileServiceServicer):
    """Tells what a user is interested in. Errors are the interceptor's to translate."""

    def __init__(self, tenants: TenantRegistry, dispatcher: Dispatcher, *, loop: FeedbackView) -> None:
        self._tenants = tenants
        self._desk = ProfileDesk(dispatcher)
        self._follower, self._recall = loop.follower, loop.recall

    async def GetInterestProfile(  # noqa: N802 - the API's name
        self, request: pb.GetInterestProfileRequest, context: Context
    ) -> pb.GetInterestProfileResponse:
        """The interests of one user."""
        await self._follower.caught_up()
        call = current_call.get()
        asked = self._tenants.find(request.tenant)
        with call.stage("read"):
            check_profile(request)
            query = profile_query(request)
        answering = asked.answering(request.user_id or call.request_id)
        call.snapshot_id = answering.id
        call.snapshot_role = LIVE if answering.id == asked.live_id else CANARY
        query, complete = await self._recalled(call, query)
        with call.stage("answer"):
            answer = await self._desk.profile(answering, query, deadline=call.deadline)
        if not complete:
            answer = replace(answer, notices=(*answer.notices, _UNAVAILABLE))
        return profile_response(answer, snapshot_id=answering.id, request_id=call.request_id)

    async def _recalled(self, call: Call, query: ProfileQuery) -> tuple[ProfileQuery, bool]:
        """The question with the stored events of its user, and whether these could be read."""
        if self._recall is None or not query.user.user_id:
            return query, True
        with call.stage("recall"):
            recalled = await self._recall.recall(call.tenant, [query.user], left_s=call.deadline.left_s)
        return replace(query, user=recalled.queries[0]), recalled.complete
