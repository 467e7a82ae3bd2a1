"""Turns evidence into what the user tower reads. Knows nothing of requests or scores."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.tokens import TokenSequence
from firstlight_server.answer import ReasonKind
from firstlight_server.evidence import Clue
from firstlight_server.text_vectors import TextVectorMap


def token_sequence(
    clues: Sequence[Clue],
    *,
    items: NDArray[np.float32],
    labels: NDArray[np.float32],
    texts: TextVectorMap,
) -> TokenSequence:
    """The tokens of ``clues``, in their order.

    Args:
        clues: usable events and declarations.
        items: ``(n, d + 1)`` float32, the snapshot's item rows; the last coordinate is the prior's and is left out.
        labels: ``(m, d)`` float32, unit rows of known categories and brands.
        texts: vectors of every prompt among the clues.
    """
    if not clues:
        return TokenSequence.empty(labels.shape[1])
    return TokenSequence(
        vectors=np.stack([_vector(clue, items, labels, texts) for clue in clues]),
        types=np.array([clue.type for clue in clues], dtype=np.int64),
        gaps_h=np.array([clue.gap_h for clue in clues], dtype=np.float32),
        weights=np.array([clue.weight for clue in clues], dtype=np.float32),
    )


def _vector(
    clue: Clue, items: NDArray[np.float32], labels: NDArray[np.float32], texts: TextVectorMap
) -> NDArray[np.float32]:
    if clue.row is None:
        return texts[clue.prompt]
    return items[clue.row, :-1] if clue.kind is not ReasonKind.DECLARATION else labels[clue.row]
