"""What a policy must be reminded of when feedback comes: the features of what it showed, as bytes.

A version, the fingerprint of the features, and ``(k, p)`` of them as float16: 41 bytes an item at 20 features. Knows
nothing of items or logs.
"""

import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_VERSION = 1
_HEAD = struct.Struct("<B8sH")


@dataclass(frozen=True)
class ShownFeatures:
    """Features of a page.

    Attributes:
        fingerprint: of the feature map, 16 hex digits.
        features: ``(k, p)`` float32, in the order of the page.
    """

    fingerprint: str
    features: NDArray[np.float32]

    def to_bytes(self) -> bytes:
        """All of it."""
        head = _HEAD.pack(_VERSION, bytes.fromhex(self.fingerprint), self.features.shape[1])
        return head + self.features.astype("<f2").tobytes()

    @classmethod
    def from_bytes(cls, content: bytes, *, count: int) -> "ShownFeatures | None":
        """What `to_bytes` wrote of a page of ``count`` items; None where it is something else, or not finite."""
        if len(content) < _HEAD.size:
            return None
        version, fingerprint, width = _HEAD.unpack_from(content)
        if version != _VERSION or len(content) != _HEAD.size + 2 * width * count or not width:
            return None
        features = np.frombuffer(content, "<f2", offset=_HEAD.size).reshape(count, width).astype(np.float32)
        return cls(fingerprint.hex(), features) if np.isfinite(features).all() else None
