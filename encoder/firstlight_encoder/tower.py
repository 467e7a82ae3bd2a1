"""The user tower at serving time, in NumPy: tokens in, query vectors out.

``training.torch_tower`` is the same function with gradients; a test holds the two together. Knows nothing of items,
indexes or how its parameters were trained.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.calibration import bucket
from firstlight_encoder.tokens import MAX_TOKENS, TokenSequence, TokenType

Floats = NDArray[np.float32]
Parameters = Mapping[str, Floats]

HEADS = 4
EPSILON = 1e-5


@dataclass(frozen=True)
class TokenBatch:
    """Several users' tokens, padded on the right.

    Attributes:
        vectors: ``(b, n, d)`` float32.
        types: ``(b, n)`` int64.
        gaps_h: ``(b, n)`` float32.
        weights: ``(b, n)`` float32; 0 where padded.
        ages: ``(b, n)`` int64, 0 for the newest event, at most ``MAX_TOKENS - 1``; ``MAX_TOKENS`` for a declaration.
        present: ``(b, n)`` bool, False where padded.
    """

    vectors: Floats
    types: NDArray[np.int64]
    gaps_h: Floats
    weights: Floats
    ages: NDArray[np.int64]
    present: NDArray[np.bool_]

    @classmethod
    def of(cls, sequences: Sequence[TokenSequence], dimension: int) -> "TokenBatch":
        """Pads ``sequences`` to the longest of them."""
        shape = (len(sequences), max((len(sequence) for sequence in sequences), default=0))
        batch = cls(
            np.zeros((*shape, dimension), np.float32),
            np.zeros(shape, np.int64),
            np.zeros(shape, np.float32),
            np.zeros(shape, np.float32),
            np.zeros(shape, np.int64),
            np.zeros(shape, np.bool_),
        )
        for row, sequence in enumerate(sequences):
            part = (row, slice(0, len(sequence)))
            batch.vectors[part], batch.types[part] = sequence.vectors, sequence.types
            batch.gaps_h[part], batch.weights[part] = sequence.gaps_h, sequence.weights
            batch.ages[part], batch.present[part] = token_ages(sequence.types), True
        return batch

    @property
    def buckets(self) -> NDArray[np.int64]:
        """``(b,)`` int64, rows of the calibration table."""
        declared = (self.types == TokenType.DECLARED) & self.present
        return bucket((self.present & ~declared).sum(1), declared.sum(1))


def token_ages(types: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many events are newer, ``(..., n)`` int64 for types ``(..., n)``; ``MAX_TOKENS`` for declarations."""
    is_event = types != TokenType.DECLARED
    newer = is_event[..., ::-1].cumsum(-1)[..., ::-1] - 1
    return np.where(is_event, np.minimum(newer, MAX_TOKENS - 1), MAX_TOKENS).astype(np.int64)


def queries(tokens: TokenBatch, parameters: Parameters) -> Floats:
    """Query vectors, ``(b, d + 1)`` float32: ``[s_n * u ; lambda_n]``; ``[0 ; 1]`` for a user of whom nothing is known."""
    row = tokens.buckets
    user = parameters["gate_mean"][row, None] * _mean(tokens, parameters)
    user = user + parameters["gate_attention"][row, None] * _attention(tokens, parameters)
    scale, prior = np.exp(parameters["log_scale"][row]), parameters["prior_weight"][row]
    known = tokens.present.any(1)
    user, prior = np.where(known[:, None], user * scale[:, None], 0), np.where(known, prior, 1)
    return np.concatenate([user, prior[:, None]], axis=1).astype(np.float32)


def _mean(tokens: TokenBatch, parameters: Parameters) -> Floats:
    """Weighted mean of the token vectors: by type, by age and by the caller's weight."""
    share = parameters["type_weight"][tokens.types] * np.exp(parameters["age_decay"] * tokens.ages) * tokens.weights
    total = np.abs(share).sum(1, keepdims=True) + EPSILON
    return ((share / total)[:, None, :] @ tokens.vectors)[:, 0, :]


def _attention(tokens: TokenBatch, parameters: Parameters) -> Floats:
    """One pre-norm transformer layer over the tokens that speak for something, pooled and projected to ``(b, d)``."""
    reads = tokens.present & (parameters["type_weight"][tokens.types] * tokens.weights > 0)
    state = tokens.vectors @ parameters["input.weight"].T
    state = state + parameters["type_embedding"][tokens.types] + parameters["age_embedding"][tokens.ages]
    state = state + np.log1p(tokens.gaps_h)[..., None] * parameters["gap_embedding"]
    state = state + _attend(_norm(state, parameters, "norm1"), reads, parameters)
    wide = _gelu(_norm(state, parameters, "norm2") @ parameters["up.weight"].T + parameters["up.bias"])
    state = state + wide @ parameters["down.weight"].T + parameters["down.bias"]
    pool = _softmax(np.where(reads, state @ parameters["pool"], -1e9)) * reads
    return (pool[:, None, :] @ state)[:, 0, :] @ parameters["output.weight"].T


def _attend(state: Floats, reads: NDArray[np.bool_], parameters: Parameters) -> Floats:
    users, length, width = state.shape
    mixed = (state @ parameters["qkv.weight"].T + parameters["qkv.bias"]).reshape(
        users, length, 3, HEADS, width // HEADS
    )
    query, key, value = mixed.transpose(2, 0, 3, 1, 4)
    score = query @ key.swapaxes(-1, -2) * np.float32((width // HEADS) ** -0.5)
    weight = _softmax(np.where(reads[:, None, None, :], score, -1e9))
    return (weight @ value).swapaxes(1, 2).reshape(users, length, width) @ parameters["mix.weight"].T


def _norm(state: Floats, parameters: Parameters, name: str) -> Floats:
    centred = state - state.mean(-1, keepdims=True)
    spread = np.sqrt((centred * centred).mean(-1, keepdims=True) + EPSILON)
    return centred / spread * parameters[f"{name}.weight"] + parameters[f"{name}.bias"]


def _softmax(score: Floats) -> Floats:
    grown = np.exp(score - score.max(-1, keepdims=True, initial=-1e9))
    return grown / np.maximum(grown.sum(-1, keepdims=True), EPSILON)


def _gelu(state: Floats) -> Floats:
    """The tanh form, exact to 1e-3 and cheap (Hendrycks and Gimpel 2016)."""
    inner = np.float32(0.7978845608) * (state + np.float32(0.044715) * state * state * state)
    return np.float32(0.5) * state * (1 + np.tanh(inner))
