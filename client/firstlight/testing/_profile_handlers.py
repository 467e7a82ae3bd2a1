"""The RPC of a fake server about users' interests: it receives, asks the user book and translates the answer."""
# ruff: noqa: N802  # gRPC's generated code names the methods

from collections.abc import Sequence
from dataclasses import replace

import grpc

from firstlight._convert_feedback import event
from firstlight._errors import Violation
from firstlight._query import Query
from firstlight.testing import _profile_wire, _profiles
from firstlight.testing._catalogue import FakeItem
from firstlight.testing._desk import Desk, tenant_or_default
from firstlight.testing._received import Received
from firstlight.testing._refusal import check_queries, check_user_ids, invalid
from firstlight.testing._snapshot_book import SnapshotBook
from firstlight.testing._user_book import UserBook
from firstlight.v1 import profile_service_pb2 as profile_pb
from firstlight.v1.profile_service_pb2_grpc import ProfileServiceServicer

_MAX_MOST = 100


class FakeProfileService(ProfileServiceServicer):
    """Tells what users are interested in."""

    def __init__(self, desk: Desk, book: SnapshotBook, users: UserBook, catalogue: Sequence[FakeItem]) -> None:
        self._desk = desk
        self._book = book
        self._users = users
        self._catalogue = catalogue

    def GetInterestProfile(
        self, request: profile_pb.GetInterestProfileRequest, context: grpc.ServicerContext
    ) -> profile_pb.GetInterestProfileResponse:
        """Profile one user."""
        tenant = tenant_or_default(request.tenant)
        query = Query(
            events=[event(each) for each in request.events],
            user_id=request.user_id or None,
            request_id=request.request_id or None,
        )

        def answer() -> profile_pb.GetInterestProfileResponse:
            _check(query, request.most)
            snapshot_id = self._book.answering_id(tenant, request.user_id or request.request_id)
            stored = [each.event for each in self._users.latest(tenant, query.user_id)]
            told = _profiles.profile(
                query.events,
                [each for each in stored if each not in query.events],
                self._catalogue,
                most=request.most or _profiles.DEFAULT_MOST,
                trajectory=request.want_trajectory,
            )
            signed = replace(told, snapshot_id=snapshot_id, request_id=request.request_id or "made-by-the-service")
            return _profile_wire.profile_response(signed)

        return self._desk.serve(Received(method="GetInterestProfile", tenant=tenant, queries=(query,)), context, answer)


def _check(query: Query, most: int) -> None:
    check_queries([query])
    if not query.user_id and not query.events:
        raise invalid(Violation("user_id", "is required unless events are given"))
    if query.user_id:
        check_user_ids(user_id=query.user_id)
    if not 0 <= most <= _MAX_MOST:
        raise invalid(Violation("most", f"must be in 1..{_MAX_MOST}, got {most}"))
