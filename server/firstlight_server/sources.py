"""Where each item of an answer came from. Knows nothing of searching or reasons."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.space import Space
from firstlight_encoder.tokens import TokenSequence, TokenType
from firstlight_server.answer import Source


def sources(
    *,
    space: Space,
    tokens: TokenSequence,
    query: NDArray[np.float32],
    vectors: NDArray[np.float32],
    given: bool,
) -> Sequence[Source]:
    """One source for each item.

    Where both events and declarations spoke, an item came from those without which its score would fall further.

    Args:
        space: the space that made ``query`` out of ``tokens``.
        tokens: what the tower read.
        query: ``(d + 1,)`` float32.
        vectors: ``(k, d + 1)`` float32, the items' rows.
        given: whether the request held any event or declaration, used or not.
    """
    if not len(tokens):
        return [Source.FALLBACK if given else Source.PRIOR] * len(vectors)
    if not tokens.declared_count:
        return [Source.MODEL] * len(vectors)
    if not tokens.event_count:
        return [Source.DECLARED] * len(vectors)
    declared = tokens.types == TokenType.DECLARED
    alone = space.queries([_only(tokens, declared), _only(tokens, ~declared)])
    lost_events, lost_declared = (query - alone) @ vectors.T
    return [
        Source.MODEL if events >= words else Source.DECLARED
        for events, words in zip(lost_events, lost_declared, strict=True)
    ]


def _only(tokens: TokenSequence, keep: NDArray[np.bool_]) -> TokenSequence:
    return TokenSequence(tokens.vectors[keep], tokens.types[keep], tokens.gaps_h[keep], tokens.weights[keep])
