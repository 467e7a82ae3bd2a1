"""The user tower at serving time, in NumPy: tokens in, query vectors out.

A user vector is a weighted mean of the tokens plus what the architecture's mixer makes of those that speak for
something, pooled, each with a gate of its own by how much is known. ``training.torch_tower`` is the same function with
gradients; a test holds the two together. Knows nothing of items, indexes or how its parameters were trained.
"""

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.architecture import Architecture
from firstlight_encoder.layers import EPSILON, linear, masked_softmax
from firstlight_encoder.mixers import MIXERS, Reading
from firstlight_encoder.parameters import Floats, Parameters
from firstlight_encoder.token_batch import TokenBatch
from firstlight_encoder.tokens import MAX_TOKENS


def queries(tokens: TokenBatch, parameters: Parameters, *, architecture: Architecture) -> Floats:
    """Query vectors of the user's K interests, ``(b, K, d + 1)`` float32; an item's score is its highest over them.

    Each is ``[s_n * u ; lambda_n]``, and ``[0 ; 1]``, the pure prior, for a user of whom nothing is known.
    """
    return _queries(tokens, tokens, parameters, architecture)


def queries_of_parts(
    tokens: TokenBatch, held: NDArray[np.bool_], parameters: Parameters, *, architecture: Architecture
) -> Floats:
    """Query vectors of ``s`` parts of one user's tokens, ``(s, K, d + 1)`` float32.

    Every token is read among all of them, and as closely as all of them are: the mixer's states, ages and calibration
    are the whole's; what is pooled is the part's. So the whole is mixed once, however many parts are asked for.

    Args:
        tokens: of one user.
        held: ``(s, n)`` bool, which tokens each part holds.
        parameters: of the tower.
        architecture: likewise.
    """
    return _queries(tokens.parts(held), tokens, parameters, architecture)


def _queries(tokens: TokenBatch, whole: TokenBatch, parameters: Parameters, architecture: Architecture) -> Floats:
    """Of ``tokens``, which are ``whole``, of several users, or parts of ``whole``, of one."""
    row = whole.buckets
    users = (parameters["gate_mean"][row, None] * _mean(tokens, parameters))[:, None, :]
    if architecture != "mean":
        state = MIXERS[architecture](_embedded(whole, parameters), _reading(whole, parameters), parameters)
        users = users + parameters["gate_mixed"][row, None, None] * _pooled(state, tokens, parameters)
    scale, prior = np.exp(parameters["log_scale"][row]), parameters["prior_weight"][row]
    held, known = (np.logical_or.reduce(some.present, axis=1) for some in (tokens, whole))
    scale, prior = np.where(held, scale, 0), np.where(known, prior, 1)
    scores = np.empty((*users.shape[:2], users.shape[2] + 1), np.float32)
    scores[..., :-1], scores[..., -1] = users * scale[:, None, None], prior[:, None]
    return scores


def _mean(tokens: TokenBatch, parameters: Parameters) -> NDArray[np.float64]:
    """Mean of the token vectors by type, age and the caller's weight, ``(b, d)``; weights below 1 shorten it."""
    fresh: NDArray[np.float64] = np.exp(parameters["age_decay"] * tokens.ages)
    worth = parameters["type_weight"][tokens.types] * fresh
    share = worth * tokens.weights
    whole = (np.abs(worth) * tokens.present).max(1, keepdims=True, initial=0)
    total = np.maximum(np.abs(share).sum(1, keepdims=True), whole) + EPSILON
    mean: NDArray[np.float64] = ((share / total)[:, None, :] @ tokens.vectors)[:, 0, :]
    return mean


def _reading(tokens: TokenBatch, parameters: Parameters) -> Reading:
    """Which tokens speak for something."""
    reads: NDArray[np.bool_] = tokens.present & (parameters["type_weight"][tokens.types] * tokens.weights > 0)
    return Reading(reads, tokens.ages)


def _pooled(state: Floats, tokens: TokenBatch, parameters: Parameters) -> Floats:
    """The mixed ``state`` ``(b or 1, n, w)`` pooled by weight for each interest and projected to ``(b, K, d)``."""
    reads = _reading(tokens, parameters).reads
    # A declaration, of age MAX_TOKENS, is as fresh as the newest event.
    fade: Floats = parameters["pool_decay"] * (tokens.ages % MAX_TOKENS).astype(np.float32)
    light = np.where(reads, np.minimum(np.abs(tokens.weights), 1), np.float32(1))
    score: Floats = (state @ parameters["pool"].T).swapaxes(1, 2) + (fade + np.log(light))[:, None, :]
    heaviest = (light * reads).max(1, initial=0)[:, None, None]
    pool = masked_softmax(score, reads[:, None, :]) * reads[:, None, :] * heaviest
    return linear(pool @ state, parameters, "output")


def _embedded(tokens: TokenBatch, parameters: Parameters) -> Floats:
    """Tokens as the mixer reads them, ``(b, n, w)``: the vector, its type, its age and the log of its time gap."""
    kind: Floats = parameters["type_embedding"][tokens.types]
    age: Floats = parameters["age_embedding"][tokens.ages]
    gap: Floats = np.log1p(tokens.gaps_h)[..., None] * parameters["gap_embedding"]
    return linear(tokens.vectors, parameters, "input") + kind + age + gap
