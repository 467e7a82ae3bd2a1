"""Texts of all items in one block: as small as a data frame's column, and ten times as fast to read one of.

The block may be a mapped file. Knows nothing of what the texts are.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray


class TextColumn:
    """Immutable, so threads may share it.

    Attributes:
        block: ``(bytes,)`` uint8, the texts in UTF-8, one after another.
        ends: ``(n + 1,)`` int64, where each begins and the last one ends.
    """

    def __init__(self, block: NDArray[np.uint8], ends: NDArray[np.int64]) -> None:
        """Takes what `of` makes.

        Raises:
            ValueError: the ends do not rise from 0 to the length of the block.
        """
        if len(ends) == 0 or ends[0] != 0 or ends[-1] != len(block) or (ends[1:] < ends[:-1]).any():
            raise ValueError("the ends of the texts do not rise from 0 to the length of their block")
        self.block, self.ends = block, ends
        # Reading one number or a few bytes is three times as fast off a memoryview as off an array.
        self._block, self._ends = block.data, ends.data

    @classmethod
    def of(cls, texts: Sequence[str]) -> "TextColumn":
        """The column of ``texts``."""
        encoded = [text.encode() for text in texts]
        ends = np.cumsum([0, *map(len, encoded)], dtype=np.int64)
        return cls(np.frombuffer(b"".join(encoded), np.uint8), ends)

    def __len__(self) -> int:
        return len(self.ends) - 1

    def __getitem__(self, row: int) -> str:
        return str(self._block[self._ends[row] : self._ends[row + 1]], "utf-8")

    def __iter__(self) -> Iterator[str]:
        return (str(self._block[start:end], "utf-8") for start, end in pairwise(self.ends.tolist()))
