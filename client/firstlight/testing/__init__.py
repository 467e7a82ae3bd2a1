"""For callers' own tests: a real gRPC server in the process, on a port of its own, with scripted answers and faults.

    import grpc

    from firstlight import Client
    from firstlight.testing import FakeServer

    with FakeServer() as server, Client(server.target) as client:
        server.fail(grpc.StatusCode.UNAVAILABLE, times=2)
        assert client.recommend(categories=["Cold cereal"]).items
        assert [call.attempt for call in server.received] == [1, 2, 3]

It needs nothing but what the SDK needs. Left alone, it answers from a small catalogue, deterministically and
plausibly; it knows nothing of models.
"""

from firstlight.testing._catalogue import CATALOGUE, FakeItem
from firstlight.testing._received import Received
from firstlight.testing._server import FakeServer

__all__ = ["CATALOGUE", "FakeItem", "FakeServer", "Received"]
