"""Several users' tokens as one padded batch. Knows nothing of what reads it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.calibration import bucket
from firstlight_encoder.parameters import Floats
from firstlight_encoder.tokens import MAX_TOKENS, TokenSequence, TokenType


@dataclass(frozen=True)
class TokenBatch:
    """Several users' tokens, padded on the right.

    Attributes:
        vectors: ``(b, n, d)`` float32.
        types: ``(b, n)`` int64.
        gaps_h: ``(b, n)`` float32, hours.
        weights: ``(b, n)`` float32; 0 where padded.
        ages: ``(b, n)`` int64, of ``token_ages``.
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
        """Pads ``sequences``, in a space of ``dimension``, to the longest of them."""
        batch = cls._blank((len(sequences), max((len(sequence) for sequence in sequences), default=0)), dimension)
        for row, sequence in enumerate(sequences):
            part = (row, slice(0, len(sequence)))
            batch.vectors[part], batch.types[part] = sequence.vectors, sequence.types
            batch.gaps_h[part], batch.weights[part] = sequence.gaps_h, sequence.weights
            batch.present[part] = True
        # What is padded is no event, so that nothing is newer for it.
        ages = token_ages(np.where(batch.present, batch.types, TokenType.DECLARED))
        np.copyto(batch.ages, ages, where=batch.present)
        return batch

    @classmethod
    def _blank(cls, shape: tuple[int, int], dimension: int) -> "TokenBatch":
        """Padding only, ``shape`` ``(b, n)``."""
        return cls(
            vectors=np.zeros((*shape, dimension), np.float32),
            types=np.zeros(shape, np.int64),
            gaps_h=np.zeros(shape, np.float32),
            weights=np.zeros(shape, np.float32),
            ages=np.zeros(shape, np.int64),
            present=np.zeros(shape, np.bool_),
        )

    def parts(self, held: NDArray[np.bool_]) -> "TokenBatch":
        """Parts of the tokens of one user, those that ``held`` ``(s, n)`` bool holds, their ages unchanged."""
        shape = held.shape
        return TokenBatch(
            vectors=np.broadcast_to(self.vectors, (*shape, self.vectors.shape[2])),
            types=np.broadcast_to(self.types, shape),
            gaps_h=np.broadcast_to(self.gaps_h, shape),
            weights=np.where(held, self.weights, np.float32(0)),
            ages=np.broadcast_to(self.ages, shape),
            present=held,
        )

    @property
    def buckets(self) -> NDArray[np.int64]:
        """``(b,)`` int64, rows of the calibration table."""
        declared = (self.types == TokenType.DECLARED) & self.present
        # Not to want something is no interest: it is read as closely as what else is known.
        return bucket((self.present & ~declared).sum(1), (declared & (self.weights > 0)).sum(1))


def token_ages(types: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many events are newer, for types ``(..., n)``, oldest first.

    Returns:
        ``(..., n)`` int64: 0 for the newest event, at most ``MAX_TOKENS - 1``; ``MAX_TOKENS`` for a declaration.
    """
    is_event = types != TokenType.DECLARED
    newer = is_event[..., ::-1].cumsum(-1)[..., ::-1] - 1
    return np.where(is_event, np.minimum(newer, MAX_TOKENS - 1), MAX_TOKENS).astype(np.int64)
