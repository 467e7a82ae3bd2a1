"""The client of Firstlight: recommendations from a user's first clicks.

    from firstlight import Client, Event

    with Client("localhost:50051") as client:
        for item in client.recommend(events=[Event.purchase("82914")], categories=["Cold cereal"]):
            print(item.item_id, item.title, item.score)

`AsyncClient` is its twin for asyncio, `firstlight.testing` a real server in the process for callers' own tests, and
`firstlight` a command line. Everything public is here; modules that begin with an underscore are not.
"""

from firstlight._aio import AsyncClient
from firstlight._catalogue_item import CatalogueItem, DeletedItems, Tag, TaggedItem, TaggedItems, UpsertedItems
from firstlight._client import Client
from firstlight._config import ChannelConfig, ClientConfig
from firstlight._declaration import Declaration
from firstlight._enums import Change, EventType, Interest, ReasonKind, Rung, Source, WarningCode
from firstlight._errors import (
    CallFailed,
    Cancelled,
    ClientClosed,
    DeadlineExceeded,
    FailedPrecondition,
    Failure,
    FirstlightError,
    InvalidRequest,
    NotFound,
    Overloaded,
    PermissionDenied,
    ServerError,
    Unauthenticated,
    Unavailable,
    Violation,
)
from firstlight._event import Event
from firstlight._feedback import Recorded, UserCounts, UserExport
from firstlight._filter import Filter
from firstlight._impression import Impression, ShownItem
from firstlight._profile import (
    Drift,
    InterestChange,
    InterestCluster,
    InterestProfile,
    NextEventType,
    NextStep,
    ProfiledInterest,
    TrajectoryPoint,
)
from firstlight._query import Query
from firstlight._recommendation import Reason, Recommendation, RecommendedItem, RequestWarning
from firstlight._reranking import Boost, Pin, Reranking
from firstlight._retry import RetryPolicy
from firstlight._snapshot import Activation, Snapshot
from firstlight._tls import TLSConfig
from firstlight._user_event import StoredEvent, UserEvent
from firstlight._version import __version__

__all__ = [
    "Activation",
    "AsyncClient",
    "Boost",
    "CallFailed",
    "Cancelled",
    "CatalogueItem",
    "Change",
    "ChannelConfig",
    "Client",
    "ClientClosed",
    "ClientConfig",
    "DeadlineExceeded",
    "Declaration",
    "DeletedItems",
    "Drift",
    "Event",
    "EventType",
    "FailedPrecondition",
    "Failure",
    "Filter",
    "FirstlightError",
    "Impression",
    "Interest",
    "InterestChange",
    "InterestCluster",
    "InterestProfile",
    "InvalidRequest",
    "NextEventType",
    "NextStep",
    "NotFound",
    "Overloaded",
    "PermissionDenied",
    "Pin",
    "ProfiledInterest",
    "Query",
    "Reason",
    "ReasonKind",
    "Recommendation",
    "RecommendedItem",
    "Recorded",
    "RequestWarning",
    "Reranking",
    "RetryPolicy",
    "Rung",
    "ServerError",
    "ShownItem",
    "Snapshot",
    "Source",
    "StoredEvent",
    "TLSConfig",
    "Tag",
    "TaggedItem",
    "TaggedItems",
    "TrajectoryPoint",
    "Unauthenticated",
    "Unavailable",
    "UpsertedItems",
    "UserCounts",
    "UserEvent",
    "UserExport",
    "Violation",
    "WarningCode",
    "__version__",
]
