"""From what is known of newcomers to their queries, by the snapshot's own space. Knows nothing of search or wires."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder import Space, TokenSequence, TokenType

Vectors = NDArray[np.float32]


def event_query(space: Space, vectors: Vectors) -> Vectors:
    """``(d + 1,)`` float32, the query of one who just looked at items of ``vectors`` ``(n, d)``, oldest first."""
    return space.query(_tokens(vectors, TokenType.VIEW))


def text_queries(space: Space, text_vectors: Vectors) -> Vectors:
    """``(b, d + 1)`` float32, the queries of newcomers who say one text each, ``(b, text_d)`` float32 unit rows."""
    said = space.project(text_vectors)
    return space.queries([_tokens(one[None], TokenType.DECLARED) for one in said])


def _tokens(vectors: Vectors, kind: TokenType) -> TokenSequence:
    count: Sequence[int] = (len(vectors),)
    return TokenSequence(
        vectors=vectors,
        types=np.full(count, kind, np.int64),
        gaps_h=np.zeros(count, np.float32),
        weights=np.ones(count, np.float32),
    )
