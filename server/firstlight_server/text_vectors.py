"""Vectors of free text, remembered: the one slow thing a request can need.

`known` is instant and may run anywhere; `encode` takes milliseconds and belongs on a thread of its own.
Knows nothing of requests.
"""

import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.space import Space
from firstlight_encoder.text_encoder import TextEncoder
from firstlight_server.metrics.text_metrics import TextMetrics

TextVectorMap = Mapping[str, NDArray[np.float32]]
"""Text -> ``(d,)`` float32, a unit row of the item space."""


class TextVectors:
    """Encodes text into one snapshot's item space, the latest ``capacity`` texts remembered. Safe across threads."""

    def __init__(
        self, encoder: TextEncoder, space: Space | None, *, capacity: int, metrics: TextMetrics | None = None
    ) -> None:
        """Takes the space to project into; without one, vectors stay the encoder's own."""
        self._encoder = encoder
        self._space = space
        self._capacity = capacity
        self._metrics = metrics
        self._remembered: OrderedDict[str, NDArray[np.float32]] = OrderedDict()
        self._lock = Lock()

    def known(self, texts: Iterable[str]) -> dict[str, NDArray[np.float32]]:
        """The vectors of those texts that are remembered."""
        wanted = dict.fromkeys(texts)
        found = self._recalled(wanted)
        if wanted and self._metrics is not None:
            self._metrics.looked_up(hits=len(found), misses=len(wanted) - len(found))
        return found

    def encode(self, texts: Iterable[str]) -> dict[str, NDArray[np.float32]]:
        """The vectors of all ``texts``; those that are remembered are not encoded again."""
        distinct = list(dict.fromkeys(texts))
        found = self._recalled(distinct)
        missing = [text for text in distinct if text not in found]
        if missing:
            vectors = self._encoded(missing)
            fresh = dict(zip(missing, vectors, strict=True))
            self._remember(fresh)
            found |= fresh
        return found

    def _recalled(self, texts: Iterable[str]) -> dict[str, NDArray[np.float32]]:
        found: dict[str, NDArray[np.float32]] = {}
        with self._lock:
            for text in texts:
                vector = self._remembered.get(text)
                if vector is not None:
                    self._remembered.move_to_end(text)
                    found[text] = vector
        return found

    def _encoded(self, batch: list[str]) -> NDArray[np.float32]:
        started_s = time.perf_counter()
        vectors = self._encoder.encode(batch)
        if self._space is not None:
            vectors = self._space.project(vectors)
        if self._metrics is not None:
            self._metrics.encoded(len(batch), duration_s=time.perf_counter() - started_s)
        return vectors

    def _remember(self, vectors: TextVectorMap) -> None:
        with self._lock:
            self._remembered.update(vectors)
            while len(self._remembered) > self._capacity:
                self._remembered.popitem(last=False)
