"""Which items' titles hold all the words of a text: what free text names exactly. It knows nothing of meaning.

The arrays may be mapped files.
"""

import re
from collections.abc import Iterable
from functools import reduce
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from firstlight_store.text_column import TextColumn
from firstlight_store.text_rows import TextRows

_WORD = re.compile(r"[^\W_][\w'-]*", re.UNICODE)


class TitleWords:
    """For every word of the titles the rows that hold it; case does not matter. Immutable, so threads may share it."""

    def __init__(self, words: TextRows) -> None:
        """Take what `of` makes."""
        self.words = words

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
        rows = np.fromiter(chain.from_iterable(lists), np.int32, int(starts[-1]))
        return cls(TextRows(TextColumn.of(words), starts, rows))

    def find(self, text: str) -> NDArray[np.int64]:
        """Return the rows, ascending, whose title holds every word of `text`; none for a text without words."""
        found = [self.words.of(word) for word in _words(text)]
        if not found:
            return np.zeros(0, np.int64)
        shared = reduce(lambda left, right: np.intersect1d(left, right, assume_unique=True), sorted(found, key=len))
        return shared.astype(np.int64)


def _words(text: str) -> set[str]:
    return {word.casefold() for word in _WORD.findall(text)}
