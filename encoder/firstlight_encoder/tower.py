"""The user tower at serving time, in NumPy: tokens in, query vectors out.

The user vector is a weighted mean of the tokens plus one transformer layer over those that speak for something, each
with a gate of its own by how much is known. ``training.torch_tower`` is the same function with gradients; a test holds
the two together. Knows nothing of items, indexes or how its parameters were trained.
"""

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.layers import EPSILON, gelu, layer_norm, linear, masked_softmax
from firstlight_encoder.parameters import Floats, Parameters
from firstlight_encoder.token_batch import TokenBatch

HEADS = 4
"""Of the attention; its width is a multiple."""


def queries(tokens: TokenBatch, parameters: Parameters) -> Floats:
    """Query vectors, ``(b, d + 1)`` float32.

    Each is ``[s_n * u ; lambda_n]``, and ``[0 ; 1]``, the pure prior, for a user of whom nothing is known.
    """
    row = tokens.buckets
    user = parameters["gate_mean"][row, None] * _mean(tokens, parameters)
    user = user + parameters["gate_attention"][row, None] * _attention(tokens, parameters)
    scale, prior = np.exp(parameters["log_scale"][row]), parameters["prior_weight"][row]
    known = np.logical_or.reduce(tokens.present, axis=1)
    user, prior = np.where(known[:, None], user * scale[:, None], 0), np.where(known, prior, 1)
    return np.concatenate([user, prior[:, None]], axis=1).astype(np.float32)


def _mean(tokens: TokenBatch, parameters: Parameters) -> NDArray[np.float64]:
    """Weighted mean of the token vectors, ``(b, d)``: by type, by age and by the caller's weight."""
    fresh: NDArray[np.float64] = np.exp(parameters["age_decay"] * tokens.ages)
    share = parameters["type_weight"][tokens.types] * fresh * tokens.weights
    total = np.abs(share).sum(1, keepdims=True) + EPSILON
    mean: NDArray[np.float64] = ((share / total)[:, None, :] @ tokens.vectors)[:, 0, :]
    return mean


def _attention(tokens: TokenBatch, parameters: Parameters) -> Floats:
    """One pre-norm transformer layer over the tokens that speak for something, pooled and projected to ``(b, d)``."""
    reads: NDArray[np.bool_] = tokens.present & (parameters["type_weight"][tokens.types] * tokens.weights > 0)
    state = _embedded(tokens, parameters)
    state += _attend(layer_norm(state, parameters, "norm1"), reads, parameters)
    wide = gelu(linear(layer_norm(state, parameters, "norm2"), parameters, "up"))
    state += wide @ parameters["down.weight"].T
    state += parameters["down.bias"]
    pool = masked_softmax(state @ parameters["pool"], reads) * reads
    return linear((pool[:, None, :] @ state)[:, 0, :], parameters, "output")


def _embedded(tokens: TokenBatch, parameters: Parameters) -> Floats:
    """Tokens as the layer reads them, ``(b, n, w)``: the vector, its type, its age and the log of its time gap."""
    kind: Floats = parameters["type_embedding"][tokens.types]
    age: Floats = parameters["age_embedding"][tokens.ages]
    gap: Floats = np.log1p(tokens.gaps_h)[..., None] * parameters["gap_embedding"]
    return linear(tokens.vectors, parameters, "input") + kind + age + gap


def _attend(state: Floats, reads: NDArray[np.bool_], parameters: Parameters) -> Floats:
    """Multi-head attention of every token ``(b, n, w)`` to those that ``reads`` ``(b, n)`` allows, ``(b, n, w)``."""
    users, length, width = state.shape
    heads = linear(state, parameters, "qkv").reshape(users, length, 3, HEADS, width // HEADS)
    query, key, value = heads.transpose(2, 0, 3, 1, 4)
    score = query @ key.swapaxes(-1, -2) * np.float32((width // HEADS) ** -0.5)
    weight = masked_softmax(score, reads[:, None, None, :])
    return linear((weight @ value).swapaxes(1, 2).reshape(users, length, width), parameters, "mix")
