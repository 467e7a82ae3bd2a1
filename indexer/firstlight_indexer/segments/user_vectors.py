"""What each user of a log likes more than others do, as one direction of the item space. Knows nothing of clusters."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.interactions import Interactions
from firstlight_encoder.space import Space
from firstlight_encoder.tokens import MAX_TOKENS, TokenSequence

_AT_ONCE = 512


@dataclass(frozen=True)
class UserVectors:
    """Users of whom something is known.

    Attributes:
        users: ``(u,)`` int64, indexes into the log's ``user_ids``, ascending.
        vectors: ``(u, d)`` float32, unit rows.
    """

    users: NDArray[np.int64]
    vectors: NDArray[np.float32]


def user_vectors(log: Interactions, vectors: NDArray[np.float32], space: Space) -> UserVectors:
    """The user tower's word on the latest events of every user at the time of their last one, less the mean user's.

    Without the mean all directions lie in one narrow cone, and clusters say as much of the seed as of the users.

    Args:
        log: the events.
        vectors: ``(n, d)`` float32 unit rows of the log's items; zeros where the space does not know the item.
        space: that they are of.
    """
    known = log.where(np.abs(vectors).sum(axis=1)[log.items] > 0)
    users, starts = np.unique(known.users, return_index=True)
    ends = np.append(starts[1:], len(known))
    parts: list[NDArray[np.float32]] = [np.zeros((0, space.dimension), np.float32)]
    for begin in range(0, len(users), _AT_ONCE):
        bounds = zip(starts[begin : begin + _AT_ONCE], ends[begin : begin + _AT_ONCE], strict=True)
        queries = space.queries([_tokens(known, int(start), int(end), vectors) for start, end in bounds])
        parts.append(queries[:, :-1])
    liked = _unit(np.concatenate(parts))
    apart = liked - liked.mean(axis=0) if len(liked) > 1 else liked
    return UserVectors(users, _unit(apart))


def _unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """The rows at length 1; those of none point along the first axis."""
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    first = np.eye(1, rows.shape[1], dtype=np.float32)
    return np.where(length > 0, rows / np.maximum(length, 1e-12), first).astype(np.float32)


def _tokens(log: Interactions, start: int, end: int, vectors: NDArray[np.float32]) -> TokenSequence:
    order = start + np.argsort(log.times_h[start:end], kind="stable")[-MAX_TOKENS:]
    times = log.times_h[order]
    return TokenSequence(
        vectors=vectors[log.items[order]],
        types=log.types[order],
        gaps_h=(times[-1] - times).astype(np.float32),
        weights=log.weights[order],
    )
