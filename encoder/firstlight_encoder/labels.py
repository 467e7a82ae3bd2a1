"""The names by which an interest can be declared, and which items carry them.

Categories where the shop has them (every level of the path, or every tag), else phrases that several titles share.
Knows nothing of vectors or users.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.item_text import category_text

_WORD = re.compile(r"[^\W_][\w'-]*", re.UNICODE)


@dataclass(frozen=True)
class Labels:
    """Declarable names and their items.

    Attributes:
        names: the names, unique, as the catalogue writes them.
        prompts: for each name, the text that stands for its declaration.
        starts: ``(items + 1,)`` int64; item ``i`` carries ``values[starts[i]:starts[i + 1]]``.
        values: int64, indexes into ``names``; root first for category paths.
        alternatives: whether the labels of an item stand side by side, as genres do, and are all asked for alike.
    """

    names: tuple[str, ...]
    prompts: tuple[str, ...]
    starts: NDArray[np.int64]
    values: NDArray[np.int64]
    alternatives: bool = False

    def of(self, item: int) -> NDArray[np.int64]:
        """The labels of one catalogue row, ``(m,)`` int64."""
        return self.values[self.starts[item] : self.starts[item + 1]]

    def declared(self, item: int) -> NDArray[np.int64]:
        """The labels by which a person would ask for this item's kind, ``(m,)`` int64.

        All of its tags; of a path the second level, or the only one; empty without labels.
        """
        own = self.of(item)
        return own if self.alternatives else own[min(1, max(len(own) - 1, 0)) :][:1]


def category_labels(paths: Sequence[Sequence[str]]) -> Labels:
    """Labels from category paths (root first), one path an item.

    Levels of the same name are one label, wherever in the tree they stand: a person declares a name, not a path.
    """
    return _labels(paths, prompt=category_text)


def tag_labels(tags: Sequence[Sequence[str]]) -> Labels:
    """Labels from categories that stand side by side, several an item: each is a label and a kind to ask for."""
    return replace(_labels(tags, prompt=category_text), alternatives=True)


def phrase_labels(titles: Sequence[str], *, min_items: int = 5, max_labels: int = 4_000) -> Labels:
    """Labels from pairs of neighbouring words that at least ``min_items`` titles share; for shops without categories.

    An item's labels are its phrases, the most common first, so that ``Labels.declared`` takes a specific one.
    """
    phrases = [list(dict.fromkeys(_pairs(title))) for title in titles]
    counts = Counter(phrase for own in phrases for phrase in own)
    common = {phrase for phrase, count in counts.most_common(max_labels) if count >= min_items}
    kept = [sorted((p for p in own if p in common), key=lambda p: (-counts[p], p)) for own in phrases]
    return _labels(kept, prompt=str)


def _pairs(title: str) -> Iterator[str]:
    """Neighbouring words, lower case."""
    words = [word.lower() for word in _WORD.findall(title)]
    return (f"{left} {right}" for left, right in pairwise(words))


def _labels(names_of: Iterable[Sequence[str]], *, prompt: Callable[[str], str]) -> Labels:
    """Numbers the names of every item, in order of appearance."""
    numbers: dict[str, int] = {}
    values: list[int] = []
    starts = [0]
    for own in names_of:
        values.extend(numbers.setdefault(name, len(numbers)) for name in dict.fromkeys(own))
        starts.append(len(values))
    names = tuple(numbers)
    prompts = tuple(prompt(name) for name in names)
    return Labels(names, prompts, np.asarray(starts, np.int64), np.asarray(values, np.int64))
