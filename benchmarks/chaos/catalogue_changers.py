"""Callers that add, replace and remove items of their own, a few a call. They know nothing of why a call fails."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import grpc

from benchmarks.chaos.writers import DEADLINE_S, Writers
from firstlight.v1 import catalogue_service_pb2 as pb
from firstlight.v1 import catalogue_service_pb2_grpc

CATEGORY = "Chaos"
ITEMS = 3
"""Items of one caller; each call is about all of them, so that they always stand alike."""
_REMOVED_EVERY = 3


@dataclass
class CatalogueChangers(Writers):
    """They change the catalogue.

    Attributes:
        acknowledged: the number of each caller's latest call that was answered.
    """

    count: int = 4
    acknowledged: dict[int, int] = field(default_factory=dict[int, int])

    def call(self, channel: grpc.Channel, writer: int, number: int) -> None:
        """Replaces all items of the caller by others of the same ids, or removes them."""
        service = catalogue_service_pb2_grpc.CatalogueServiceStub(channel)
        title = title_after(number)
        if title is None:
            gone = pb.DeleteItemsRequest(item_ids=ids_of(writer))
            service.DeleteItems(gone, timeout=DEADLINE_S, wait_for_ready=True)
        else:
            items = [pb.CatalogueItem(item_id=item, title=title, category=[CATEGORY]) for item in ids_of(writer)]
            service.UpsertItems(pb.UpsertItemsRequest(items=items), timeout=DEADLINE_S, wait_for_ready=True)
        with self.lock:
            self.acknowledged[writer] = number
            self.written += 1


def ids_of(writer: int) -> Sequence[str]:
    """The items of a caller."""
    return [f"of-{writer}-{place}" for place in range(ITEMS)]


def title_after(number: int) -> str | None:
    """What a caller's items are called after a call of this number; None: they are removed."""
    return None if number % _REMOVED_EVERY == _REMOVED_EVERY - 1 else f"Royal tea {number}"
