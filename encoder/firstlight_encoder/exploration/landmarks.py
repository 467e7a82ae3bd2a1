"""Some items of a catalogue and where a projection puts them: by these, what was learnt over one is carried to another.

Knows nothing of snapshots.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import (
    load,  # pyright: ignore[reportUnknownVariableType] - its stubs are partial
    save,  # pyright: ignore[reportUnknownVariableType] - its stubs are partial
)

from firstlight_encoder.errors import ExplorationError

MOST_LANDMARKS = 512


@dataclass(frozen=True)
class Landmarks:
    """Items of one projection.

    Attributes:
        ids: ``n`` of them.
        places: ``(n, own)`` float32, their projections.
    """

    ids: tuple[str, ...]
    places: NDArray[np.float32]

    def to_bytes(self) -> bytes:
        """All of it: safetensors."""
        return save({"ids": np.frombuffer("\0".join(self.ids).encode(), np.uint8), "places": self.places})

    @classmethod
    def from_bytes(cls, content: bytes) -> "Landmarks":
        """What `to_bytes` wrote.

        Raises:
            ExplorationError: it is something else, or not finite.
        """
        try:
            parts: Mapping[str, NDArray[np.generic]] = load(content)
            names, places = parts["ids"].tobytes().decode(), np.asarray(parts["places"], np.float32)
        except (SafetensorError, KeyError, ValueError) as error:
            raise ExplorationError(f"no readable landmarks: {error!r}; learn again from the log") from error
        ids = tuple(names.split("\0")) if names else ()
        if places.ndim != 2 or len(places) != len(ids) or not np.isfinite(places).all():
            raise ExplorationError(f"{len(ids)} landmarks with places {places.shape}; learn again from the log")
        return cls(ids, places)


def spread(count: int) -> NDArray[np.int64]:
    """``(n,)`` int64: which of ``count`` items are landmarks, evenly spread."""
    return np.arange(0, count, -(-count // MOST_LANDMARKS) or 1)
