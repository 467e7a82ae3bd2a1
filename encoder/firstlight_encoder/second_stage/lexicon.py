"""Words of the catalogue and the items that carry them: how far a declared text names an item outright.

The dense space finds what means the same; this finds what says the same. Knows nothing of users or vectors.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

_WORD = re.compile(r"[^\W_]+", re.UNICODE)


def words(text: str) -> list[str]:
    """The distinct words of ``text``, lower case, in order of appearance."""
    return list(dict.fromkeys(word.lower() for word in _WORD.findall(text)))


@dataclass(frozen=True)
class Lexicon:
    """Postings of ``n`` items.

    Attributes:
        vocabulary: the words, ascending; after them those that came with items added later.
        starts: ``(words + 1,)`` int64; word ``w`` is carried by ``items[starts[w]:starts[w + 1]]``.
        items: int32 catalogue rows, ascending inside a word.
        count: how many items there are.
    """

    vocabulary: tuple[str, ...]
    starts: NDArray[np.int64]
    items: NDArray[np.int32]
    count: int

    @classmethod
    def of(cls, texts: Sequence[str]) -> "Lexicon":
        """The lexicon of the items' texts, one text an item."""
        found: dict[str, list[int]] = {}
        for row, text in enumerate(texts):
            for word in words(text):
                found.setdefault(word, []).append(row)
        vocabulary = tuple(sorted(found))
        starts = np.cumsum([0, *(len(found[word]) for word in vocabulary)])
        rows = [row for word in vocabulary for row in found[word]]
        return cls(vocabulary, starts.astype(np.int64), np.asarray(rows, np.int32), len(texts))

    def extended(self, texts: Sequence[str]) -> "Lexicon":
        """The same with items after its own, one text an item."""
        more = Lexicon.of(texts)
        fresh = tuple(word for word in more.vocabulary if word not in self._numbers)
        numbers = {**self._numbers, **{word: len(self.vocabulary) + place for place, word in enumerate(fresh)}}
        counts = np.concatenate([np.diff(self.starts), np.zeros(len(fresh), np.int64)])
        added = np.array([numbers[word] for word in more.vocabulary], np.int64)
        ends = np.cumsum(counts)[added]
        lengths = np.diff(more.starts)
        order = np.argsort(np.repeat(added, lengths), kind="stable")  # np.insert keeps the order of equal places alone
        items = np.insert(self.items, np.repeat(ends, lengths)[order], (more.items + self.count)[order])
        counts[added] += lengths
        starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
        return Lexicon(self.vocabulary + fresh, starts, items, self.count + more.count)

    def match(self, text: str) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """The items that carry any known word of ``text``, and how much of its weight they carry.

        A word weighs its inverse document frequency, log(1 + n / items that carry it); a word the catalogue does not
        know weighs as much as one that a single item carries.

        Returns:
            ``(m,)`` int32 catalogue rows, ascending, and ``(m,)`` float32 in (0, 1].
        """
        asked = words(text)
        known = [self._numbers[word] for word in asked if word in self._numbers]
        if not known:
            return np.zeros(0, np.int32), np.zeros(0, np.float32)
        postings = [self.items[self.starts[word] : self.starts[word + 1]] for word in known]
        weights = [float(np.log1p(self.count / len(rows))) for rows in postings]
        total = sum(weights) + (len(asked) - len(known)) * float(np.log1p(self.count))
        shares = np.repeat(np.asarray(weights, np.float32) / total, [len(rows) for rows in postings])
        rows, place = np.unique(np.concatenate(postings), return_inverse=True)
        return rows, np.bincount(place, shares, minlength=len(rows)).astype(np.float32)

    @cached_property
    def _numbers(self) -> Mapping[str, int]:
        return {word: number for number, word in enumerate(self.vocabulary)}
