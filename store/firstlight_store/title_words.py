"""Which items' titles hold all the words of a text: what free text names exactly. It knows nothing of meaning."""

import re
from collections.abc import Iterable
from functools import reduce
from typing import Self

import numpy as np
from numpy.typing import NDArray

_WORD = re.compile(r"[^\W_][\w'-]*", re.UNICODE)


class TitleWords:
    """For every word of the titles the rows (ascending int64) that hold it; case does not matter."""

    def __init__(self, rows_by_word: dict[str, NDArray[np.int64]]) -> None:
        self._rows_by_word = rows_by_word

    @classmethod
    def build(cls, titles: Iterable[str]) -> Self:
        """Take the titles in row order."""
        rows_by_word: dict[str, list[int]] = {}
        for row, title in enumerate(titles):
            for word in _words(title):
                rows_by_word.setdefault(word, []).append(row)
        return cls({word: np.asarray(rows, np.int64) for word, rows in rows_by_word.items()})

    def rows(self, text: str) -> NDArray[np.int64]:
        """Return the rows, ascending, whose title holds every word of `text`; none for a text without words."""
        nothing = np.zeros(0, np.int64)
        found = [self._rows_by_word.get(word, nothing) for word in _words(text)]
        if not found:
            return nothing
        return reduce(lambda left, right: np.intersect1d(left, right, assume_unique=True), sorted(found, key=len))


def _words(text: str) -> set[str]:
    return {word.casefold() for word in _WORD.findall(text)}
