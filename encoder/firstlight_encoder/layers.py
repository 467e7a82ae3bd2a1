"""The layers the user tower is made of, in NumPy, each equal to torch's of the same name.

Knows nothing of tokens or users.
"""

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.parameters import Floats, Parameters

EPSILON = 1e-5
"""Keeps every division away from zero; torch's default for its layer norm."""

MASKED = np.float32(-1e9)
"""The score of what must not be read; finite, so that a row of nothing else stays a number."""


def linear(state: Floats, parameters: Parameters, name: str) -> Floats:
    """``state`` ``(..., i)`` times the weights ``name``, ``(..., o)`` float32; the bias is added where there is one."""
    weight = parameters[f"{name}.weight"]
    # One product for all users: NumPy would make one a user of a stack of matrices.
    mapped: Floats = (state.reshape(-1, state.shape[-1]) @ weight.T).reshape(*state.shape[:-1], len(weight))
    bias = parameters.get(f"{name}.bias")
    return mapped if bias is None else mapped + bias


def layer_norm(state: Floats, parameters: Parameters, name: str) -> Floats:
    """``state`` ``(..., w)`` with mean 0 and variance 1 over its last axis, then scaled and shifted by ``name``."""
    centred: Floats = state - state.mean(-1, keepdims=True)
    spread = np.sqrt((centred * centred).mean(-1, keepdims=True) + EPSILON)
    normed: Floats = centred / spread * parameters[f"{name}.weight"] + parameters[f"{name}.bias"]
    return normed


def masked_softmax(score: Floats, reads: NDArray[np.bool_]) -> Floats:
    """Softmax of ``score`` ``(..., n)`` over the places of the last axis that ``reads`` (broadcast) allows."""
    allowed = np.where(reads, score, MASKED)
    grown: Floats = np.exp(allowed - allowed.max(-1, keepdims=True, initial=MASKED))
    share: Floats = grown / np.maximum(grown.sum(-1, keepdims=True), EPSILON)
    return share


def gelu(state: Floats) -> Floats:
    """The tanh form, exact to 1e-3 and cheap (Hendrycks and Gimpel 2016)."""
    inner = np.float32(0.7978845608) * (state + np.float32(0.044715) * state * state * state)
    gate: Floats = 1 + np.tanh(inner)
    return np.float32(0.5) * state * gate
