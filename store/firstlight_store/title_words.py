"""Which items' titles hold all the words of a text: what free text names exactly. It knows nothing of meaning.

The arrays may be mapped files.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable
from functools import reduce
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from firstlight_store.text_column import TextColumn

_WORD = re.compile(r"[^\W_][\w'-]*", re.UNICODE)


class TitleWords:
    """For every word of the titles the rows that hold it; case does not matter. Immutable, so threads may share it.

    Attributes:
        words: distinct words, in order.
        starts: ``(w + 1,)`` int64, where each one's rows begin and the last one's end.
        rows: ``(r,)`` int32, one word's after another's; each one's ascend.
    """

    def __init__(self, words: TextColumn, starts: NDArray[np.int64], rows: NDArray[np.int32]) -> None:
        """Takes what `of` makes.

        Raises:
            ValueError: the starts do not rise from 0 to the number of rows, one for each word.
        """
        ordered = len(starts) == len(words) + 1 and starts[0] == 0 and starts[-1] == len(rows)
        if not ordered or (starts[1:] < starts[:-1]).any():
            raise ValueError("the starts of the words' rows do not rise from 0 to their number")
        self.words, self.starts, self.rows = words, starts, rows

    @classmethod
    def of(cls, titles: Iterable[str]) -> "TitleWords":
        """Take the titles in row order."""
        rows_by_word: dict[str, list[int]] = {}
        for row, title in enumerate(titles):
            for word in _words(title):
                rows_by_word.setdefault(word, []).append(row)
        words = sorted(rows_by_word)
        lists = [rows_by_word[word] for word in words]
        starts = np.cumsum([0, *map(len, lists)], dtype=np.int64)
        return cls(TextColumn.of(words), starts, np.fromiter(chain.from_iterable(lists), np.int32, int(starts[-1])))

    def find(self, text: str) -> NDArray[np.int64]:
        """Return the rows, ascending, whose title holds every word of `text`; none for a text without words."""
        found = [self._of(word) for word in _words(text)]
        if not found:
            return np.zeros(0, np.int64)
        shared = reduce(lambda left, right: np.intersect1d(left, right, assume_unique=True), sorted(found, key=len))
        return shared.astype(np.int64)

    def _of(self, word: str) -> NDArray[np.int32]:
        place = bisect_left(self.words, word)
        if place == len(self.words) or self.words[place] != word:
            return self.rows[:0]
        return self.rows[int(self.starts[place]) : int(self.starts[place + 1])]


def _words(text: str) -> set[str]:
    return {word.casefold() for word in _WORD.findall(text)}
