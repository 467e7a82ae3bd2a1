"""What the user tower reads: one token type for events and declarations alike.

Knows nothing of catalogues, requests or how a token's vector was found.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

MAX_TOKENS = 50
"""How many tokens the tower reads; callers keep the latest."""


class TokenType(IntEnum):
    """What a token stands for. The values are rows of a trained table: never renumber them."""

    VIEW = 0
    CART = 1
    PURCHASE = 2
    FAVORITE = 3
    REMOVE_FROM_CART = 4
    DISLIKE = 5
    RATING = 6
    DECLARED = 7


EVENT_TOKEN_TYPES: Mapping[str, TokenType] = MappingProxyType(
    {kind.name.lower(): kind for kind in TokenType if kind is not TokenType.DECLARED}
)
"""Event type as the data contract writes it -> token type."""

NEGATIVE_TYPES = frozenset({TokenType.REMOVE_FROM_CART, TokenType.DISLIKE})
"""Events that speak against their item: evidence, but never a training or evaluation target."""


@dataclass(frozen=True)
class TokenSequence:
    """What is known of one user, oldest event first; declared tokens may stand anywhere.

    Attributes:
        vectors: ``(n, d)`` float32, unit rows of the item space.
        types: ``(n,)`` int64, ``TokenType`` values.
        gaps_h: ``(n,)`` float32, hours between the event and the request, at least 0; 0 for a declaration.
        weights: ``(n,)`` float32, how much the token counts; negative speaks against it.
    """

    vectors: NDArray[np.float32]
    types: NDArray[np.int64]
    gaps_h: NDArray[np.float32]
    weights: NDArray[np.float32]

    @classmethod
    def empty(cls, dimension: int) -> "TokenSequence":
        """Nothing known, in a space of ``dimension``."""
        nothing = np.zeros(0, np.float32)
        return cls(np.zeros((0, dimension), np.float32), np.zeros(0, np.int64), nothing, nothing)

    def __len__(self) -> int:
        return len(self.types)

    @property
    def event_count(self) -> int:
        """How many tokens are events rather than declarations."""
        return int(np.count_nonzero(self.types != TokenType.DECLARED))

    @property
    def declared_count(self) -> int:
        """How many tokens are declarations."""
        return len(self) - self.event_count

    @property
    def wanted_count(self) -> int:
        """How many tokens declare something that is wanted."""
        return int(np.count_nonzero((self.types == TokenType.DECLARED) & (self.weights > 0)))

    def without(self, position: int) -> "TokenSequence":
        """The same sequence with the token at ``position`` left out."""
        return self.only(np.arange(len(self)) != position)

    def only(self, kept: NDArray[np.bool_] | NDArray[np.int64]) -> "TokenSequence":
        """The same sequence with nothing but some tokens: a mask ``(n,)`` bool, or their places ``(m,)`` int64."""
        return TokenSequence(self.vectors[kept], self.types[kept], self.gaps_h[kept], self.weights[kept])
