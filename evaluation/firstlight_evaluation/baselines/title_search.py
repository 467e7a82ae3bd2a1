"""BM25 on titles: the declared names, or the titles of the history, as a search query.

Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), with Lucene's never negative
idf. Words are runs of letters and digits, lower case. Knows nothing of other people's events.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from firstlight_encoder.cases import Case

_WORD = re.compile(r"[^\W_]+", re.UNICODE)


@dataclass(frozen=True)
class TitleSearchOption:
    """How titles are matched.

    Attributes:
        saturation: k1, how much a repeated word adds.
        length: b, how much a long title is held against it.
        decay: weight of an event's title relative to the next newer one's.
    """

    saturation: float
    length: float
    decay: float


TITLE_SEARCH_OPTIONS = tuple(
    TitleSearchOption(saturation, length, decay)
    for decay in (1.0, 0.8, 0.5, 0.0)
    for saturation, length in ((1.2, 0.75), (0.9, 0.4))
)


class TitleSearch:
    """Scores an item by the BM25 relevance of its title to the words of what is known."""

    name = "BM25 on titles"

    def __init__(self, titles: Sequence[str], names: Sequence[str], option: TitleSearchOption) -> None:
        """Indexes the titles.

        Args:
            titles: of the catalogue, by row.
            names: of the labels, by number.
            option: how to match.
        """
        self._option = option
        words = [Counter(_words(title)) for title in titles]
        self._number_of = {word: number for number, word in enumerate(dict.fromkeys(w for own in words for w in own))}
        self._titles = _counts(words, self._number_of)
        self._names = _counts([Counter(_words(name)) for name in names], self._number_of)
        self._relevance = _relevance(words, self._number_of, option).T.tocsr()

    def score(self, cases: Sequence[Case]) -> NDArray[np.float32]:
        """``(len(cases), item_count)`` float32."""
        titles = _sum_of(self._titles, [case.history for case in cases], [self._event_weights(case) for case in cases])
        declared = [np.asarray(case.declared, np.int64) for case in cases]
        names = _sum_of(self._names, declared, [np.ones(len(own), np.float32) for own in declared])
        return (titles @ self._relevance).toarray() + (names @ self._relevance).toarray()

    def _event_weights(self, case: Case) -> NDArray[np.float32]:
        newer = np.arange(len(case.history))[::-1]
        return (case.weights * np.power(self._option.decay, newer)).astype(np.float32)


def _words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]


def _counts(texts: Sequence[Counter[str]], number_of: Mapping[str, int]) -> csr_array:
    """``(texts, words)``: how often each known word stands in each text."""
    entries = [
        (row, number_of[word], count)
        for row, own in enumerate(texts)
        for word, count in own.items()
        if word in number_of
    ]
    rows, columns, counts = np.array(entries, np.int64).reshape(-1, 3).T
    return csr_array((counts.astype(np.float32), (rows, columns)), shape=(len(texts), len(number_of)))


def _relevance(titles: Sequence[Counter[str]], number_of: Mapping[str, int], option: TitleSearchOption) -> csr_array:
    """``(titles, words)``: what each word of a query adds for each title."""
    entries = [(row, number_of[word], count) for row, own in enumerate(titles) for word, count in own.items()]
    rows, columns, counts = np.array(entries, np.int64).reshape(-1, 3).T
    lengths = np.bincount(rows, counts, minlength=len(titles))
    found_in = np.bincount(columns, minlength=len(number_of))
    idf = np.log1p((len(titles) - found_in + 0.5) / (found_in + 0.5))
    norms = option.saturation * (1 - option.length + option.length * lengths / max(1e-9, lengths.mean()))
    values = idf[columns] * counts * (option.saturation + 1) / (counts + norms[rows])
    return csr_array((values.astype(np.float32), (rows, columns)), shape=(len(titles), len(number_of)))


def _sum_of(texts: csr_array, chosen: Sequence[NDArray[np.int64]], weights: Sequence[NDArray[np.float32]]) -> csr_array:
    """``(len(chosen), words)``: the weighted word counts of the texts each case chose."""
    cases = np.repeat(np.arange(len(chosen)), [len(own) for own in chosen])
    rows = np.concatenate(chosen).astype(np.int64)
    return csr_array((np.concatenate(weights), (cases, rows)), shape=(len(chosen), texts.shape[0])) @ texts
