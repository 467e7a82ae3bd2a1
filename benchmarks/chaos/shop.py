"""The shop that faults are done to: a real snapshot with both stages and a text encoder, made in seconds.

Knows nothing of faults.
"""

import random
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from firstlight.v1 import recommendation_service_pb2 as pb
from firstlight.v1.types_pb2 import Event
from firstlight_encoder.second_stage.second_stage import Method
from tests.server.tiny_snapshot import TinySnapshot

ITEMS = 2_000


@contextmanager
def shop() -> Generator[Path]:
    """A data directory with one published snapshot, for as long as the block runs."""
    with tempfile.TemporaryDirectory(prefix="firstlight-chaos-") as directory:
        TinySnapshot(items=ITEMS, available=1.0, ranker=Method.TREES).publish(Path(directory))
        yield Path(directory)


def known_user(seed: int) -> pb.RecommendRequest:
    """Somebody known by five events, the usual request."""
    draw = random.Random(seed)
    events = [Event(item_id=f"i{number:04d}") for number in draw.sample(range(ITEMS), 5)]
    return pb.RecommendRequest(events=events)
