"""The RPCs of a fake server: each receives, asks the ranking or the snapshot book, and translates the answer."""
# ruff: noqa: N802  # gRPC's generated code names the methods

from collections.abc import Sequence
from dataclasses import replace

import grpc

from firstlight import _health
from firstlight._query import Query
from firstlight._recommendation import Recommendation
from firstlight.testing import _ranking, _wire
from firstlight.testing._catalogue import FakeItem
from firstlight.testing._desk import Desk, tenant_or_default
from firstlight.testing._received import Received
from firstlight.testing._refusal import check_batch, check_queries, refuse_unknown
from firstlight.testing._snapshot_book import SnapshotBook
from firstlight.testing._user_book import UserBook
from firstlight.v1 import index_service_pb2 as index_pb
from firstlight.v1 import recommendation_service_pb2 as recommendation_pb
from firstlight.v1.index_service_pb2_grpc import IndexServiceServicer
from firstlight.v1.recommendation_service_pb2_grpc import RecommendationServiceServicer


class FakeRecommendationService(RecommendationServiceServicer):
    """Answers from a catalogue, or as the script says."""

    def __init__(self, desk: Desk, book: SnapshotBook, users: UserBook, catalogue: Sequence[FakeItem]) -> None:
        """Take the items, which may change."""
        self._desk = desk
        self._book = book
        self._users = users
        self._catalogue = catalogue

    def Recommend(
        self, request: recommendation_pb.RecommendRequest, context: grpc.ServicerContext
    ) -> recommendation_pb.RecommendResponse:
        """Answer about one user."""
        tenant, query = tenant_or_default(request.tenant), _wire.query(request)

        def answer() -> recommendation_pb.RecommendResponse:
            check_queries([query])
            snapshot_id = self._book.answering_id(tenant, _identity(query))
            return _wire.recommend_response(self._recommendation(tenant, query, snapshot_id, "Recommend"))

        return self._desk.serve(Received(method="Recommend", tenant=tenant, queries=(query,)), context, answer)

    def BatchRecommend(
        self, request: recommendation_pb.BatchRecommendRequest, context: grpc.ServicerContext
    ) -> recommendation_pb.BatchRecommendResponse:
        """Answer about many users."""
        tenant = tenant_or_default(request.tenant)
        queries = tuple(_wire.query(each) for each in request.requests)

        def answer() -> recommendation_pb.BatchRecommendResponse:
            check_batch(len(queries), [each.tenant for each in request.requests], tenant)
            check_queries(queries, prefix="requests[{}].")
            snapshot_id = self._book.answering_id(tenant, _identity(queries[0]))
            answers = [self._recommendation(tenant, query, snapshot_id, "BatchRecommend") for query in queries]
            return _wire.batch_recommend_response(answers)

        return self._desk.serve(Received(method="BatchRecommend", tenant=tenant, queries=queries), context, answer)

    def SimilarItems(
        self, request: recommendation_pb.SimilarItemsRequest, context: grpc.ServicerContext
    ) -> recommendation_pb.SimilarItemsResponse:
        """Answer about one item."""
        tenant, query = tenant_or_default(request.tenant), _wire.similar_query(request)

        def answer() -> recommendation_pb.SimilarItemsResponse:
            check_queries([query])
            return _wire.similar_items_response(self._neighbours(request.item_id, query, tenant))

        call = Received(method="SimilarItems", tenant=tenant, queries=(query,), item_id=request.item_id)
        return self._desk.serve(call, context, answer)

    def _recommendation(self, tenant: str, query: Query, snapshot_id: str, method: str) -> Recommendation:
        answer = self._desk.answers.take(method)
        if answer is None:
            stored = self._users.latest(tenant, query.user_id)
            answer = _ranking.recommend(query, list(self._catalogue), stored=stored)
        signed = self._signed(answer, query, snapshot_id, method)
        if query.user_id and not query.unrecorded:
            self._users.show(tenant, query.user_id, signed)
        return signed

    def _neighbours(self, item_id: str, query: Query, tenant: str) -> Recommendation:
        snapshot_id = self._book.answering_id(tenant, _identity(query))
        answer = self._desk.answers.take("SimilarItems")
        if answer is None:
            catalogue = list(self._catalogue)
            found = next((item for item in catalogue if item.item_id == item_id), None)
            if found is None:
                raise refuse_unknown("item", item_id)
            answer = _ranking.similar(found, query, catalogue)
        return self._signed(answer, query, snapshot_id, "SimilarItems")

    def _signed(self, answer: Recommendation, query: Query, snapshot_id: str, method: str) -> Recommendation:
        """Fill in the ids where the answer names none, and add a scripted warning."""
        warning = self._desk.warnings.take(method)
        return replace(
            answer,
            warnings=answer.warnings if warning is None else (*answer.warnings, warning),
            snapshot_id=answer.snapshot_id or snapshot_id,
            request_id=answer.request_id or query.request_id or "made-by-the-service",
        )


class FakeIndexService(IndexServiceServicer):
    """Tells which snapshot answers, and changes it."""

    def __init__(self, desk: Desk, book: SnapshotBook) -> None:
        self._desk = desk
        self._book = book

    def GetSnapshot(
        self, request: index_pb.GetSnapshotRequest, context: grpc.ServicerContext
    ) -> index_pb.GetSnapshotResponse:
        """Describe one snapshot."""
        tenant, snapshot_id = tenant_or_default(request.tenant), request.snapshot_id
        call = Received(method="GetSnapshot", tenant=tenant, snapshot_id=snapshot_id)
        return self._desk.serve(call, context, lambda: _wire.get_snapshot_response(self._book.get(tenant, snapshot_id)))

    def ListSnapshots(
        self, request: index_pb.ListSnapshotsRequest, context: grpc.ServicerContext
    ) -> index_pb.ListSnapshotsResponse:
        """Describe all snapshots."""
        tenant = tenant_or_default(request.tenant)
        call = Received(method="ListSnapshots", tenant=tenant)
        return self._desk.serve(call, context, lambda: _wire.list_snapshots_response(self._book.list(tenant)))

    def ActivateSnapshot(
        self, request: index_pb.ActivateSnapshotRequest, context: grpc.ServicerContext
    ) -> index_pb.ActivateSnapshotResponse:
        """Let another snapshot answer."""
        tenant, snapshot_id = tenant_or_default(request.tenant), request.snapshot_id

        def answer() -> index_pb.ActivateSnapshotResponse:
            return _wire.activate_snapshot_response(self._book.activate(tenant, snapshot_id))

        call = Received(method="ActivateSnapshot", tenant=tenant, snapshot_id=snapshot_id)
        return self._desk.serve(call, context, answer)

    def SetCanary(
        self, request: index_pb.SetCanaryRequest, context: grpc.ServicerContext
    ) -> index_pb.SetCanaryResponse:
        """Let another snapshot answer a share of users, or nobody."""
        tenant, snapshot_id = tenant_or_default(request.tenant), request.snapshot_id

        def answer() -> index_pb.SetCanaryResponse:
            return _wire.set_canary_response(self._book.set_canary(tenant, snapshot_id, share=request.share))

        call = Received(method="SetCanary", tenant=tenant, snapshot_id=snapshot_id)
        return self._desk.serve(call, context, answer)


def _identity(query: Query) -> str:
    return query.user_id or query.request_id or ""


def health_handler(desk: Desk) -> grpc.GenericRpcHandler:
    """Return the standard health check, which says what `desk.serving` says."""

    def check(_: str, context: grpc.ServicerContext) -> bool:
        return desk.serve(Received(method="Check"), context, lambda: desk.serving)

    method = grpc.unary_unary_rpc_method_handler(
        check, request_deserializer=_health.decode_request, response_serializer=_health.encode_response
    )
    return grpc.method_handlers_generic_handler(_health.SERVICE, {"Check": method})
