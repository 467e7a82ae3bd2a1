"""The fake server itself: a port, the handlers behind it, and the handle that a test holds.

It does not rank or translate.
"""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Self

import grpc

from firstlight._config import DEFAULT_TENANT
from firstlight._errors import Failure, Violation
from firstlight._recommendation import Recommendation, RequestWarning
from firstlight._snapshot import Snapshot
from firstlight.testing._catalogue import CATALOGUE, FakeItem
from firstlight.testing._catalogue_service import FakeCatalogueService
from firstlight.testing._desk import Desk
from firstlight.testing._feedback_handlers import FakeFeedbackService
from firstlight.testing._handlers import FakeIndexService, FakeRecommendationService, health_handler
from firstlight.testing._profile_handlers import FakeProfileService
from firstlight.testing._received import Received
from firstlight.testing._snapshot_book import SNAPSHOTS, SnapshotBook
from firstlight.testing._user_book import UserBook
from firstlight.v1.catalogue_service_pb2_grpc import add_CatalogueServiceServicer_to_server
from firstlight.v1.feedback_service_pb2_grpc import add_FeedbackServiceServicer_to_server
from firstlight.v1.index_service_pb2_grpc import add_IndexServiceServicer_to_server
from firstlight.v1.profile_service_pb2_grpc import add_ProfileServiceServicer_to_server
from firstlight.v1.recommendation_service_pb2_grpc import add_RecommendationServiceServicer_to_server

_THREADS = 16
_GRACE_S = 0.5


class FakeServer:
    """A real gRPC server on a free port of this machine, for tests; use it with `with` or `async with`.

    Left alone it ranks `items` deterministically and holds callers to the contract's main limits. What it should do
    otherwise it is told beforehand: `fail`, `delay`, `answer`, `warn`. What it was asked is in `received`.
    """

    def __init__(
        self,
        *,
        items: Sequence[FakeItem] = CATALOGUE,
        tenants: Iterable[str] = (DEFAULT_TENANT,),
        snapshots: Sequence[Snapshot] = SNAPSHOTS,
        token: str | None = None,
        credentials: grpc.ServerCredentials | None = None,
    ) -> None:
        """Take a port; the server answers from `start()` on.

        Args:
            items: The catalogue, the most popular first; what `upsert_items` and `delete_items` change is a copy.
            tenants: The tenants that exist; all see the same catalogue.
            snapshots: The snapshots that exist, newest first; the first one answers.
            token: The bearer token that calls must carry; None for none.
            credentials: TLS; None for a plain port.

        """
        self._desk = Desk(token=token)
        book, self._users = SnapshotBook(snapshots, tenants), UserBook()
        self._server = grpc.server(ThreadPoolExecutor(_THREADS), options=[("grpc.so_reuseport", 0)])
        catalogue = list(items)
        recommendations = FakeRecommendationService(self._desk, book, self._users, catalogue)
        feedback = FakeFeedbackService(self._desk, book, self._users, {item.item_id for item in items})
        add_RecommendationServiceServicer_to_server(recommendations, self._server)
        add_FeedbackServiceServicer_to_server(feedback, self._server)
        profiles = FakeProfileService(self._desk, book, self._users, items)
        add_ProfileServiceServicer_to_server(profiles, self._server)
        add_CatalogueServiceServicer_to_server(FakeCatalogueService(self._desk, book, catalogue), self._server)
        add_IndexServiceServicer_to_server(FakeIndexService(self._desk, book), self._server)
        self._server.add_generic_rpc_handlers([health_handler(self._desk)])
        self._port = (
            self._server.add_insecure_port("localhost:0")
            if credentials is None
            else self._server.add_secure_port("localhost:0", credentials)
        )

    @property
    def target(self) -> str:
        """Where it listens, as `Client` takes it."""
        return f"localhost:{self._port}"

    @property
    def received(self) -> list[Received]:
        """Every call so far in the order of arrival, each attempt by itself; a copy."""
        return self._desk.received

    @property
    def serving(self) -> bool:
        """Whether the health check says SERVING; may be set."""
        return self._desk.serving

    @serving.setter
    def serving(self, value: bool) -> None:
        self._desk.serving = value

    def fail(  # each but the first is a keyword with a default
        self,
        code: grpc.StatusCode,
        message: str = "told to fail",
        *,
        times: int | None = 1,
        method: str | None = None,
        violations: Iterable[Violation] = (),
        retry_after_s: float | None = None,
    ) -> None:
        """End the next calls with a status.

        Args:
            code: The status.
            message: What it says.
            times: How many calls (attempts!); None for all from now on.
            method: Which RPC, such as "Recommend"; None for any, the health check ("Check") among them.
            violations: Malformed values to name, as `google.rpc.BadRequest`.
            retry_after_s: When to try again, as gRPC's pushback and `google.rpc.RetryInfo`.

        """
        failure = Failure(code=code, message=message, violations=tuple(violations), retry_after_s=retry_after_s)
        self._desk.faults.add(failure, times=times, method=method)

    def delay(self, seconds: float, *, times: int | None = 1, method: str | None = None) -> None:
        """Let the next calls wait before they are answered or fail; see `fail` for `times` and `method`."""
        self._desk.delays_s.add(seconds, times=times, method=method)

    def answer(self, answer: Recommendation, *, times: int | None = 1, method: str | None = None) -> None:
        """Give this answer to the next queries; ids left empty are filled in. A batch uses one up for each query."""
        self._desk.answers.add(answer, times=times, method=method)

    def warn(self, warning: RequestWarning, *, times: int | None = 1, method: str | None = None) -> None:
        """Add a warning to the next answers; see `fail` for `times` and `method`."""
        self._desk.warnings.add(warning, times=times, method=method)

    def reset(self) -> None:
        """Forget what it was told, what it received and what users did; snapshots stay as they are."""
        self._desk.clear()
        self._users.clear()

    def start(self) -> None:
        """Start to answer."""
        self._server.start()

    def stop(self) -> None:
        """Stop: delays end, and calls that still run after `_GRACE_S` fail."""
        self._desk.closing.set()
        self._server.stop(_GRACE_S).wait()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    async def __aenter__(self) -> Self:
        self.start()
        return self

    async def __aexit__(self, *exception: object) -> None:
        self.stop()
