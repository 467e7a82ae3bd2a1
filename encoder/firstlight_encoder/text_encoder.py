"""The protocol of a text encoder: text in, unit vectors out.

Knows nothing of what runs underneath (torch offline, ONNX Runtime online).
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class TextEncoder(Protocol):
    """Encodes texts into one fixed-width space."""

    @property
    def dimension(self) -> int:
        """Width of a vector."""
        ...

    @property
    def fingerprint(self) -> str:
        """Hex digest of everything that decides a vector: weights, tokenizer, pooling."""
        ...

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """``(len(texts), dimension)`` float32, unit rows, in the order of ``texts``."""
        ...
