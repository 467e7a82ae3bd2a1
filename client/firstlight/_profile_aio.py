"""The asynchronous client's calls about users' interests: each translates, calls and translates back.

It does not know the fields of a message (`_convert_profile` does) nor what a status means (`_failure` does).
"""

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from firstlight import _convert_profile
from firstlight._async_caller import AsyncCaller
from firstlight._event import Event
from firstlight._profile import InterestProfile
from firstlight._profile_query import ProfileQuery
from firstlight.v1.profile_service_pb2_grpc import ProfileServiceStub

if TYPE_CHECKING:  # the stub's asynchronous form exists for type checkers only
    from firstlight.v1.profile_service_pb2_grpc import ProfileServiceAsyncStub


class AsyncProfileCalls(AsyncCaller):
    """Tells what users are interested in."""

    async def interest_profile(  # noqa: PLR0913  # each is a keyword with a default
        self,
        user_id: str | None = None,
        *,
        events: Sequence[Event] = (),
        most: int | None = None,
        want_trajectory: bool = False,
        request_id: str | None = None,
        tenant: str | None = None,
        timeout_s: float | None = None,
    ) -> InterestProfile:
        """Return what a user is interested in, how that changes and what they are likely to do next.

        A user never seen gets a profile of no events, whose predictions are what newcomers do.

        Args:
            user_id: Who; their stored events are read. None to go by `events` alone.
            events: What the user did, beside what is stored; at most 1,000.
            most: How many of each kind, 1 to 100; the service's default (5) if None.
            want_trajectory: Whether to tell how the interests moved.
            request_id: The caller's id for this call; made here if None.
            tenant: The tenant; the client's if None.
            timeout_s: The deadline in seconds; the client's if None.

        Raises:
            InvalidRequest: Neither a user nor an event, or a malformed value; `violations` names the fields.
            NotFound: The tenant is unknown.
            CallFailed: Any other failure.

        """
        query = ProfileQuery(user_id=user_id, events=events, most=most, want_trajectory=want_trajectory)
        call = self._begin("GetInterestProfile", tenant=tenant, timeout_s=timeout_s, request_id=request_id)
        request = _convert_profile.profile_request(query, tenant=call.tenant, request_id=call.request_id)
        return _convert_profile.profile(await self._send(self._profiles.GetInterestProfile, request, call))

    @cached_property
    def _profiles(self) -> "ProfileServiceAsyncStub":
        return ProfileServiceStub(self._channel)
