"""The asynchronous client: the twin of `Client`, method for method; each translates, calls and translates back.

It does not know the fields of a message (`_convert` does) nor what a status means (`_failure` does).
"""

import asyncio
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Self, Unpack

import grpc.aio

from firstlight import _arguments, _convert, _health
from firstlight._catalogue_aio import AsyncCatalogueCalls
from firstlight._errors import CallFailed, DeadlineExceeded, Unavailable
from firstlight._feedback_aio import AsyncFeedbackCalls
from firstlight._filter import Filter
from firstlight._patience import READY_POLL_S, READY_TIMEOUT_S, Patience
from firstlight._profile_aio import AsyncProfileCalls
from firstlight._query import Query, QueryFields
from firstlight._recommendation import Recommendation
from firstlight._snapshot import Activation, Snapshot
from firstlight.v1.index_service_pb2_grpc import IndexServiceStub
from firstlight.v1.recommendation_service_pb2_grpc import RecommendationServiceStub

if TYPE_CHECKING:  # the stubs' asynchronous forms exist for type checkers only
    from firstlight.v1.index_service_pb2_grpc import IndexServiceAsyncStub
    from firstlight.v1.recommendation_service_pb2_grpc import RecommendationServiceAsyncStub


class AsyncClient(AsyncFeedbackCalls, AsyncProfileCalls, AsyncCatalogueCalls):
    """Asks the service without blocking. One client serves many tasks of one event loop; use it with `async with`.

    Every call has a deadline and raises `CallFailed` or one of its children where it had no answer. The channel opens
    at the first call, so that a client may be made before its loop runs.
    """

    async def recommend(
        self, *, tenant: str | None = None, timeout_s: float | None = None, **asked: Unpack[QueryFields]
    ) -> Recommendation:
        """Rank the catalogue for one user, known by a few events, by declared interests, by both or by nothing.

        Args:
            tenant: The tenant; the client's if None.
            timeout_s: The deadline in seconds; the client's if None.
            asked: The keywords of `Query`, where each is explained: `events`, `declarations`, `categories`, `brands`,
                `text`, `page_size`, `exclude`, `filter`, `want_reasons`, `include_seen`, `request_id`,
                `user_id`, `exploit_only`, `unrecorded`, `language`, `want_counterfactuals`.

        Raises:
            TypeError: An argument has the wrong type; the message names it.
            InvalidRequest: The service found a malformed value; `violations` names the fields.
            NotFound: The tenant is unknown.
            CallFailed: Any other failure (see the tree in `firstlight._errors`).

        """
        query = Query(**asked)
        call = self._begin("Recommend", tenant=tenant, timeout_s=timeout_s, request_id=query.request_id)
        request = _convert.recommend_request(query, tenant=call.tenant, request_id=call.request_id)
        reply = await self._send(self._recommendations.Recommend, request, call)
        return _convert.recommendation(reply)

    async def recommend_batch(
        self, queries: Sequence[Query], *, tenant: str | None = None, timeout_s: float | None = None
    ) -> tuple[Recommendation, ...]:
        """Answer many users from one snapshot, in the order of the queries.

        Args:
            queries: What is asked of each user.
            tenant: The tenant of all of them; the client's if None.
            timeout_s: The deadline in seconds; the client's if None.

        Raises:
            InvalidRequest: The service found a malformed value; one fails all.
            CallFailed: Any other failure.

        """
        members = _arguments.instances("queries", queries, Query)
        call = self._begin("BatchRecommend", tenant=tenant, timeout_s=timeout_s)
        request = _convert.batch_request(members, tenant=call.tenant, request_id=call.request_id)
        return _convert.recommendations(await self._send(self._recommendations.BatchRecommend, request, call))

    async def similar_items(  # noqa: PLR0913  # each is a keyword with a default
        self,
        item_id: str,
        *,
        page_size: int | None = None,
        exclude: Sequence[str] = (),
        filter: Filter | None = None,  # noqa: A002  # the contract's word
        request_id: str | None = None,
        tenant: str | None = None,
        timeout_s: float | None = None,
    ) -> Recommendation:
        """Return the items nearest to one item, by meaning and behaviour, the item itself left out; scores are cosines.

        Args:
            item_id: The catalogue's id.
            page_size: How many items to return; the service's default (10) if None.
            exclude: Ids never to return.
            filter: Which items may be returned.
            request_id: The caller's id for this call; made here if None.
            tenant: The tenant; the client's if None.
            timeout_s: The deadline in seconds; the client's if None.

        Raises:
            NotFound: The item or the tenant is unknown.
            CallFailed: Any other failure.

        """
        _arguments.text("item_id", item_id)
        query = Query(page_size=page_size, exclude=exclude, filter=filter, request_id=request_id)
        call = self._begin("SimilarItems", tenant=tenant, timeout_s=timeout_s, request_id=query.request_id)
        request = _convert.similar_items_request(item_id, query=query, tenant=call.tenant, request_id=call.request_id)
        reply = await self._send(self._recommendations.SimilarItems, request, call)
        return _convert.recommendation(reply)

    async def snapshot(
        self, snapshot_id: str | None = None, *, tenant: str | None = None, timeout_s: float | None = None
    ) -> Snapshot:
        """Return the snapshot that answers now, or the one named.

        Raises:
            NotFound: The snapshot or the tenant is unknown.
            CallFailed: Any other failure.

        """
        name = "" if snapshot_id is None else _arguments.text("snapshot_id", snapshot_id)
        call = self._begin("GetSnapshot", tenant=tenant, timeout_s=timeout_s)
        request = _convert.get_snapshot_request(name, tenant=call.tenant)
        return _convert.snapshot((await self._send(self._index.GetSnapshot, request, call)).snapshot)

    async def snapshots(self, *, tenant: str | None = None, timeout_s: float | None = None) -> tuple[Snapshot, ...]:
        """Return every complete snapshot of the tenant, newest first.

        Raises:
            NotFound: The tenant is unknown.
            CallFailed: Any other failure.

        """
        call = self._begin("ListSnapshots", tenant=tenant, timeout_s=timeout_s)
        request = _convert.list_snapshots_request(tenant=call.tenant)
        return _convert.snapshots(await self._send(self._index.ListSnapshots, request, call))

    async def activate_snapshot(
        self, snapshot_id: str, *, tenant: str | None = None, timeout_s: float | None = None
    ) -> Activation:
        """Make another snapshot the one that answers. Loading takes its time: give a generous `timeout_s`.

        Raises:
            NotFound: The snapshot or the tenant is unknown.
            FailedPrecondition: It did not verify; the old one goes on answering.
            CallFailed: Any other failure; after `DeadlineExceeded`, `snapshot()` tells which one answers.

        """
        _arguments.text("snapshot_id", snapshot_id)
        call = self._begin("ActivateSnapshot", tenant=tenant, timeout_s=timeout_s)
        request = _convert.activate_snapshot_request(snapshot_id, tenant=call.tenant)
        return _convert.activation(await self._send(self._index.ActivateSnapshot, request, call))

    async def set_canary(
        self, snapshot_id: str, *, share: float, tenant: str | None = None, timeout_s: float | None = None
    ) -> Snapshot:
        """Let another snapshot answer a share of users, always the same ones, and return it.

        It lasts until `activate_snapshot` promotes it, another canary is set or `clear_canary` ends it. Loading takes
        its time: give a generous `timeout_s`.

        Args:
            snapshot_id: The snapshot; not the one that answers everybody.
            share: The share of users, from 0.000001 to 1. A larger one only adds users.
            tenant: The tenant; the client's if None.
            timeout_s: The deadline in seconds; the client's if None.

        Raises:
            InvalidRequest: The share is none.
            NotFound: The tenant is unknown.
            FailedPrecondition: The snapshot is unknown, did not verify or answers everybody; nothing has changed.
            CallFailed: Any other failure.

        """
        _arguments.text("snapshot_id", snapshot_id)
        call = self._begin("SetCanary", tenant=tenant, timeout_s=timeout_s)
        request = _convert.set_canary_request(snapshot_id, share=_arguments.share("share", share), tenant=call.tenant)
        return _convert.snapshot((await self._send(self._index.SetCanary, request, call)).snapshot)

    async def clear_canary(self, *, tenant: str | None = None, timeout_s: float | None = None) -> None:
        """Let the active snapshot answer everybody again; harmless where there is no canary.

        Raises:
            NotFound: The tenant is unknown.
            CallFailed: Any other failure.

        """
        call = self._begin("SetCanary", tenant=tenant, timeout_s=timeout_s)
        await self._send(self._index.SetCanary, _convert.set_canary_request("", share=0.0, tenant=call.tenant), call)

    async def healthy(self, *, timeout_s: float | None = None) -> bool:
        """Whether the server says SERVING; False too where it cannot be reached in time.

        Raises:
            CallFailed: The server answered the health check with anything but its state.

        """
        call = self._begin("Check", tenant=None, timeout_s=timeout_s)
        try:
            return await self._send(self._health, "", call)
        except (DeadlineExceeded, Unavailable):
            return False

    async def wait_until_ready(self, *, timeout_s: float = READY_TIMEOUT_S) -> None:
        """Return as soon as the server says SERVING.

        Raises:
            Unavailable: It did not within `timeout_s` seconds; the message says what stood in the way.
            CallFailed: The server answered the health check with anything but its state.

        """
        patience = Patience(self._config.target, timeout_s)
        while True:
            obstacle: CallFailed | None = None
            call = self._begin("Check", tenant=None, timeout_s=patience.remaining_s(self._config.timeout_s))
            try:
                if await self._send(self._health, "", call):
                    return
            except (DeadlineExceeded, Unavailable) as error:
                obstacle = error
            patience.check(obstacle)
            await asyncio.sleep(READY_POLL_S)

    async def close(self) -> None:
        """Close the channel; calls under way fail as `Cancelled`. Closing twice does nothing."""
        self._closed = True
        if "_channel" in self.__dict__:  # else no call was ever made
            await self._channel.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.close()

    @cached_property
    def _recommendations(self) -> "RecommendationServiceAsyncStub":
        return RecommendationServiceStub(self._channel)

    @cached_property
    def _index(self) -> "IndexServiceAsyncStub":
        return IndexServiceStub(self._channel)

    @cached_property
    def _health(self) -> grpc.aio.UnaryUnaryMultiCallable[str, bool]:
        return self._channel.unary_unary(
            _health.METHOD, request_serializer=_health.encode_request, response_deserializer=_health.decode_response
        )
