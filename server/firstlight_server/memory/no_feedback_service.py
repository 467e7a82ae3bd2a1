"""FeedbackService where no events are kept: it says so. Knows nothing else."""

from typing import Any, NoReturn

import grpc.aio

from firstlight.v1 import feedback_service_pb2 as pb
from firstlight.v1 import feedback_service_pb2_grpc as pb_grpc
from firstlight_server.errors import EventsNotKeptError

Context = grpc.aio.ServicerContext[Any, Any]


class NoFeedbackService(pb_grpc.FeedbackServiceServicer):
    """Refuses every call; nothing was stored, and nothing is acknowledged."""

    async def RecordEvents(self, request: pb.RecordEventsRequest, context: Context) -> NoReturn:  # noqa: N802 - the API's name
        """Refuses."""
        raise _not_kept()

    async def ExportUser(self, request: pb.ExportUserRequest, context: Context) -> NoReturn:  # noqa: N802 - the API's name
        """Refuses."""
        raise _not_kept()

    async def DeleteUser(self, request: pb.DeleteUserRequest, context: Context) -> NoReturn:  # noqa: N802 - the API's name
        """Refuses."""
        raise _not_kept()

    async def MergeUsers(self, request: pb.MergeUsersRequest, context: Context) -> NoReturn:  # noqa: N802 - the API's name
        """Refuses."""
        raise _not_kept()


def _not_kept() -> EventsNotKeptError:
    return EventsNotKeptError("this server keeps no events: set events_url to have them stored")
