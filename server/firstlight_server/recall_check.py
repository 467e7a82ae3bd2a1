"""Does the loaded index find what exact search finds? Measured on users made of the snapshot's own items.

The build measured it on real users; this one measures what this process reads, on this machine, with this FAISS.
Knows nothing of where the snapshot came from, nor of requests.
"""

import math

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder import Space, TokenType
from firstlight_encoder.tokens import TokenSequence
from firstlight_server.errors import SnapshotRefusedError
from firstlight_store import ExactIndex, VectorIndex, recall

_K = 10
_MOST_QUERIES = 128
_FEWEST_QUERIES = 8
_PRODUCTS = 4_000_000_000
"""Multiplications spent on exact search: less than half a second of one core."""
_MOST_EVENTS = 5
_SURE = 2.0
"""Standard errors of doubt from which an index benefits: a good one must not be refused by an unlucky draw."""


def check_recall(
    index: VectorIndex, rows: NDArray[np.float32], space: Space, *, min_recall: float, seed: int = 0
) -> float:
    """The index's estimated recall@10 against exact search over ``rows`` ``(n, d + 1)`` float32.

    Raises:
        SnapshotRefusedError: it is below ``min_recall`` beyond doubt; the reason is ``recall``.
        firstlight_store.IndexInputInvalid: a row is not finite.
    """
    queries = _queries(rows, space, np.random.default_rng(seed))
    shares = recall(index.search(queries, k=_K), ExactIndex(rows).search(queries, k=_K))
    estimate, error = float(shares.mean()), float(shares.std() / math.sqrt(len(shares)))
    if estimate + _SURE * error < min_recall:
        raise SnapshotRefusedError(
            f"the index finds {estimate:.3f} of the exact answers to {len(queries)} questions, min_recall is "
            f"{min_recall}; rebuild the index with more probes or another kind, or lower min_recall",
            reason="recall",
        )
    return estimate


def _queries(rows: NDArray[np.float32], space: Space, rng: np.random.Generator) -> NDArray[np.float32]:
    """Queries ``(q, d + 1)`` float32 of users who took one to five random items; fewer where items are many."""
    count = int(np.clip(_PRODUCTS // rows.size, _FEWEST_QUERIES, _MOST_QUERIES))
    return space.queries([_user(rows, rng) for _ in range(count)])


def _user(rows: NDArray[np.float32], rng: np.random.Generator) -> TokenSequence:
    taken = rng.integers(len(rows), size=rng.integers(1, _MOST_EVENTS, endpoint=True))
    return TokenSequence(
        vectors=rows[taken, :-1],
        types=np.full(len(taken), TokenType.PURCHASE, np.int64),
        gaps_h=np.zeros(len(taken), np.float32),
        weights=np.ones(len(taken), np.float32),
    )
