"""A case as the user tower reads it. Knows nothing of scores."""

import numpy as np

from firstlight_encoder.cases import Case
from firstlight_encoder.parameters import Floats
from firstlight_encoder.tokens import MAX_TOKENS, TokenSequence, TokenType


def case_tokens(case: Case, *, item_vectors: Floats, label_vectors: Floats) -> TokenSequence:
    """The case's latest ``MAX_TOKENS`` events, oldest first, then its declarations.

    Args:
        case: what is known.
        item_vectors: ``(n, d)`` float32 unit rows of the catalogue.
        label_vectors: ``(m, d)`` float32 unit rows of the labels.
    """
    events = slice(max(0, len(case.history) - MAX_TOKENS), None)
    declared = np.array([label for label, _ in case.said], np.int64)
    weights = np.array([weight for _, weight in case.said], np.float32)
    return TokenSequence(
        vectors=np.concatenate([item_vectors[case.history[events]], label_vectors[declared]]),
        types=np.concatenate([case.types[events], np.full(len(declared), int(TokenType.DECLARED))]),
        gaps_h=np.concatenate([case.gaps_h[events], np.zeros(len(declared), np.float32)]),
        weights=np.concatenate([case.weights[events], weights]),
    )
