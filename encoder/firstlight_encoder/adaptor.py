"""From text vectors to the item space, in NumPy: one adaptor for items, categories, brands and free text.

``training.torch_adaptor`` is the same function with gradients; a test holds the two together. Knows nothing of texts
or of what the vectors stand for.
"""

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.layers import linear
from firstlight_encoder.parameters import Floats, Parameters

BLOCK = 8_192
"""Rows projected at once: keeps the hidden layer in cache instead of in gigabytes."""


def project(text_vectors: Floats, parameters: Parameters) -> Floats:
    """``(n, text_d)`` float32 text vectors -> ``(n, d)`` float32, unit rows."""
    blocks = [_project(text_vectors[start : start + BLOCK], parameters) for start in range(0, len(text_vectors), BLOCK)]
    return np.concatenate(blocks) if blocks else np.zeros((0, len(parameters["skip.weight"])), np.float32)


def _project(text_vectors: Floats, parameters: Parameters) -> Floats:
    centred = text_vectors - parameters["mean"]
    hidden = np.maximum(linear(centred, parameters, "hidden"), 0)
    return unit_rows(linear(centred, parameters, "skip") + linear(hidden, parameters, "out"))


def unit_rows(vectors: NDArray[np.floating]) -> Floats:
    """``vectors`` ``(n, d)`` with every row divided by its length, float32; zero rows stay zero."""
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(length, 1e-12), np.float32)
