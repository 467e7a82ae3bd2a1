"""RecommendationService on the wire: check, translate, call, translate. No arithmetic.

Knows nothing of how recommendations are made.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import grpc.aio

from firstlight.v1 import recommendation_service_pb2 as pb
from firstlight.v1 import recommendation_service_pb2_grpc as pb_grpc
from firstlight_server import messages, validation
from firstlight_server.answer import Answer
from firstlight_server.call import CANARY, LIVE, Call, current_call
from firstlight_server.dispatcher import Dispatcher
from firstlight_server.door import Door
from firstlight_server.feedback_view import FeedbackView
from firstlight_server.loaded_snapshot import LoadedSnapshot
from firstlight_server.metrics.answer_metrics import AnswerMetrics
from firstlight_server.query import RecommendQuery
from firstlight_server.tenants import TenantRegistry

if TYPE_CHECKING:  # it is imported only where events are kept
    pass

Context = grpc.aio.ServicerContext[Any, Any]


class RecommendationService(pb_grpc.RecommendationServiceServicer):
    """Answers who a newcomer is likely to want next. Errors are the interceptor's to translate."""

    def __init__(
        self,
        tenants: TenantRegistry,
        dispatcher: Dispatcher,
        *,
        door: Door,
        metrics: AnswerMetrics,
        loop: FeedbackView,
    ) -> None:
        self._follower, self._experiments, self._recall = loop.follower, loop.experiments, loop.recall
        self._metrics = metrics
        self._tenants = tenants
        self._dispatcher = dispatcher
        self._ladders, self._observer = door.ladders, door.observer

    async def Recommend(self, request: pb.RecommendRequest, context: Context) -> pb.RecommendResponse:  # noqa: N802 - the API's name
        """Ranks the catalogue for one user."""
        await self._follower.caught_up()
        call, answering = self._begin(request.tenant, request.user_id)
        with call.stage("read"):
            validation.check_recommend(request)
            query = self._entered(call, messages.recommend_query(request), call.request_id)
        answers = await self._recommend(call, answering, [query], [call.request_id])
        return messages.recommend_response(answers[0], snapshot_id=answering.id, request_id=call.request_id)

    async def BatchRecommend(self, request: pb.BatchRecommendRequest, context: Context) -> pb.BatchRecommendResponse:  # noqa: N802 - the API's name
        """The same for many users, all from the snapshot that answered the first of them when the call began."""
        await self._follower.caught_up()
        call, answering = self._begin(request.tenant, *_first_identity(request))
        with call.stage("read"):
            validation.check_batch(request)
            ids = [one.request_id or f"{call.request_id}-{index}" for index, one in enumerate(request.requests)]
            asked = zip(request.requests, ids, strict=True)
            queries = [self._entered(call, messages.recommend_query(one), own) for one, own in asked]
        answers = await self._recommend(call, answering, queries, ids)
        return pb.BatchRecommendResponse(
            responses=[
                messages.recommend_response(answer, snapshot_id=answering.id, request_id=request_id)
                for answer, request_id in zip(answers, ids, strict=True)
            ]
        )

    async def SimilarItems(self, request: pb.SimilarItemsRequest, context: Context) -> pb.SimilarItemsResponse:  # noqa: N802 - the API's name
        """The items nearest to one item."""
        await self._follower.caught_up()
        call, answering = self._begin(request.tenant)
        validation.check_similar(request)
        with call.stage("answer"):
            answer = await self._dispatcher.similar(answering, messages.similar_query(request), deadline=call.deadline)
        self._metrics.record([answer], tenant=call.tenant, snapshot=call.snapshot_role)
        return messages.similar_response(answer, snapshot_id=answering.id, request_id=call.request_id)

    async def _recommend(
        self, call: Call, answering: LoadedSnapshot, queries: Sequence[RecommendQuery], ids: Sequence[str]
    ) -> list[Answer]:
        recalled = None
        if self._recall is not None:
            with call.stage("recall"):
                recalled = await self._recall.recall(call.tenant, queries, left_s=call.deadline.left_s)
            queries = recalled.queries
        rung = self._ladders.rung(call.line)
        with call.stage("answer"):
            answers = await self._dispatcher.recommend(answering, queries, deadline=call.deadline, rung=rung)
        if self._recall is not None and recalled is not None:
            answers = self._recall.shown(recalled, answers, tenant=call.tenant, snapshot_id=answering.id, ids=ids)
        self._metrics.record(answers, tenant=call.tenant, snapshot=call.snapshot_role)
        self._experiments.answered(answers, tenant=call.tenant)
        for answer in answers:
            self._observer.answered(call, rung=answer.rung)
        return answers

    def _entered(self, call: Call, query: RecommendQuery, request_id: str) -> RecommendQuery:
        return self._experiments.entered(query, tenant=call.tenant, identity=query.user_id or request_id)

    def _begin(self, tenant: str, *identities: str) -> tuple[Call, LoadedSnapshot]:
        """The call, and the one snapshot that answers it from here on, whatever is swapped meanwhile."""
        call = current_call.get()
        asked = self._tenants.find(tenant)
        answering = asked.answering(next(filter(None, identities), call.request_id))
        call.snapshot_id = answering.id
        call.snapshot_role = LIVE if answering.id == asked.live_id else CANARY
        return call, answering


def _first_identity(batch: pb.BatchRecommendRequest) -> tuple[str, ...]:
    """Whoever the first of several users is known by; what decides for all of them."""
    return (batch.requests[0].user_id, batch.requests[0].request_id) if batch.requests else ()
