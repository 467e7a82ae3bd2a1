"""Pre-norm transformer blocks over a user's tokens, in NumPy.

``training.mixers.torch_blocks`` is the same with gradients. Knows nothing of what a token stands for.
"""

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.layers import gelu, layer_norm, linear, masked_softmax
from firstlight_encoder.mixers.reading import Reading
from firstlight_encoder.parameters import Floats, Parameters

HEADS = 4
"""Of the attention; its width is a multiple."""


def transformer(state: Floats, reading: Reading, parameters: Parameters) -> Floats:
    """Every token attends to all that are read, ``(b, n, w)``."""
    return _blocks(state, reading.reads[:, None, :], parameters)


def causal(state: Floats, reading: Reading, parameters: Parameters) -> Floats:
    """Every token attends to those read that are at least as old, declarations being older than any event."""
    older: NDArray[np.bool_] = reading.ages[:, None, :] >= reading.ages[:, :, None]
    return _blocks(state, older & reading.reads[:, None, :], parameters)


def _blocks(state: Floats, allowed: NDArray[np.bool_], parameters: Parameters) -> Floats:
    """All blocks one after another; ``allowed`` ``(b, 1 or n, n)`` says who may attend to whom."""
    layer = 0
    while f"mixer.{layer}.qkv.weight" in parameters:
        state = _block(state, allowed, parameters, f"mixer.{layer}")
        layer += 1
    return state


def _block(state: Floats, allowed: NDArray[np.bool_], parameters: Parameters, name: str) -> Floats:
    state = state + _attend(layer_norm(state, parameters, f"{name}.norm1"), allowed, parameters, name)
    wide = gelu(linear(layer_norm(state, parameters, f"{name}.norm2"), parameters, f"{name}.up"))
    state += linear(wide, parameters, f"{name}.down")
    return state


def _attend(state: Floats, allowed: NDArray[np.bool_], parameters: Parameters, name: str) -> Floats:
    """Multi-head attention of every token ``(b, n, w)`` to those ``allowed``, ``(b, n, w)``."""
    users, length, width = state.shape
    heads = linear(state, parameters, f"{name}.qkv").reshape(users, length, 3, HEADS, width // HEADS)
    query, key, value = heads.transpose(2, 0, 3, 1, 4)
    score = query @ key.swapaxes(-1, -2) * np.float32((width // HEADS) ** -0.5)
    weight = masked_softmax(score, allowed[:, None])
    mixed = (weight @ value).swapaxes(1, 2).reshape(users, length, width)
    return linear(mixed, parameters, f"{name}.mix")
