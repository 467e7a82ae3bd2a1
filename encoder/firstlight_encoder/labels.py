"""The names by which an interest can be declared, and which items carry them.

Categories where the shop has them (every level of the path, or every tag), else phrases that several titles share; and
beside those, whole category paths and brands. Training, evaluation and snapshots read the names here. Knows nothing of
vectors or users.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.item_text import brand_text, category_text

PATH_SEPARATOR = " > "
"""Between the levels of a path's name."""

NameKind = Literal["category", "brand", "phrase"]
"""What a name is declared as; a phrase as free text."""

_WORD = re.compile(r"[^\W_][\w'-]*", re.UNICODE)


@dataclass(frozen=True)
class Labels:
    """Declarable names and their items.

    Attributes:
        names: the names as the catalogue writes them, unique within a kind; case and runs of spaces do not matter.
        prompts: for each name, the text that stands for its declaration.
        kinds: for each name, what it is declared as.
        starts: ``(items + 1,)`` int64; item ``i`` carries ``values[starts[i]:starts[i + 1]]``.
        values: int64, indexes into ``names``; root first for category paths.
        asked: by so many of the names, the first, a person asks for an item's kind; others say more or less than that.
        alternatives: whether those of an item stand side by side, as genres do, and are all asked for alike.
    """

    names: tuple[str, ...]
    prompts: tuple[str, ...]
    kinds: tuple[NameKind, ...]
    starts: NDArray[np.int64]
    values: NDArray[np.int64]
    asked: int
    alternatives: bool = False

    def of(self, item: int) -> NDArray[np.int64]:
        """The labels of one catalogue row, ``(m,)`` int64; those that are asked for come first."""
        return self.values[self.starts[item] : self.starts[item + 1]]

    def of_each(self, items: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The labels of catalogue rows ``(r,)`` end to end: the place in ``items`` of whose each is, and the label."""
        counts = self.starts[items + 1] - self.starts[items]
        places = np.repeat(np.arange(len(items)), counts)
        first = np.repeat(self.starts[items] - (np.cumsum(counts) - counts), counts)
        return places, self.values[first + np.arange(len(places))]

    @cached_property
    def asked_counts(self) -> NDArray[np.int64]:
        """``(items,)`` int64: how many of each item's labels are among those asked for."""
        items, labels = self.of_each(np.arange(len(self.starts) - 1))
        return np.bincount(items[labels < self.asked], minlength=len(self.starts) - 1)

    def declared(self, item: int) -> NDArray[np.int64]:
        """The labels by which a person would ask for this item's kind, ``(m,)`` int64.

        All of its tags; of a path the second level, or the only one; empty without labels.
        """
        own = self.of(item)[: self.asked_counts[item]]
        return own if self.alternatives else own[min(1, max(len(own) - 1, 0)) :][:1]

    def beside(self, further: "Labels") -> "Labels":
        """These labels, whose numbers stay, and after them ``further`` ones of the same items, not asked for."""
        count = len(self.starts) - 1
        owners = [np.repeat(np.arange(count), np.diff(part.starts)) for part in (self, further)]
        values = np.concatenate([self.values, further.values + len(self.names)])
        return replace(
            self,
            names=self.names + further.names,
            prompts=self.prompts + further.prompts,
            kinds=self.kinds + further.kinds,
            starts=self.starts + further.starts,
            values=values[np.argsort(np.concatenate(owners), kind="stable")],
        )


def category_labels(paths: Sequence[Sequence[str]]) -> Labels:
    """Labels from category paths (root first), one path an item.

    Levels of the same name are one label, wherever in the tree they stand: a person declares a name, not a path.
    """
    return _labels(paths, kind="category", prompt=category_text)


def path_labels(paths: Sequence[Sequence[str]]) -> Labels:
    """Labels from whole category paths (root first), one path an item: of two levels and more, from the root down."""
    whole = ([PATH_SEPARATOR.join(path[:end]) for end in range(2, len(path) + 1)] for path in paths)
    return _labels(whole, kind="category", prompt=category_text)


def brand_labels(brands: Sequence[str | None]) -> Labels:
    """Labels from brands, one an item at most."""
    return _labels(([brand] if brand else [] for brand in brands), kind="brand", prompt=brand_text)


def tag_labels(tags: Sequence[Sequence[str]]) -> Labels:
    """Labels from categories that stand side by side, several an item: each is a label and a kind to ask for."""
    return replace(_labels(tags, kind="category", prompt=category_text), alternatives=True)


def phrase_labels(titles: Sequence[str], *, min_items: int = 5, max_labels: int = 4_000) -> Labels:
    """Labels from pairs of neighbouring words that at least ``min_items`` titles share; for shops without categories.

    An item's labels are its phrases, the most common first, so that ``Labels.declared`` takes a specific one.
    """
    phrases = [list(dict.fromkeys(_pairs(title))) for title in titles]
    counts = Counter(phrase for own in phrases for phrase in own)
    common = {phrase for phrase, count in counts.most_common(max_labels) if count >= min_items}
    kept = [sorted((p for p in own if p in common), key=lambda p: (-counts[p], p)) for own in phrases]
    return _labels(kept, kind="phrase", prompt=str)


def _pairs(title: str) -> Iterator[str]:
    """Neighbouring words, lower case."""
    words = [word.lower() for word in _WORD.findall(title)]
    return (f"{left} {right}" for left, right in pairwise(words))


def _labels(names_of: Iterable[Sequence[str]], *, kind: NameKind, prompt: Callable[[str], str]) -> Labels:
    """Numbers the names of every item in order of appearance, each as it is first written."""
    numbers: dict[str, int] = {}
    names: list[str] = []
    values: list[int] = []
    starts = [0]
    for own in names_of:
        for name in own:
            if numbers.setdefault(_compared(name), len(names)) == len(names):
                names.append(name)
        values.extend(dict.fromkeys(numbers[_compared(name)] for name in own))
        starts.append(len(values))
    return Labels(
        names=tuple(names),
        prompts=tuple(prompt(name) for name in names),
        kinds=(kind,) * len(names),
        starts=np.asarray(starts, np.int64),
        values=np.asarray(values, np.int64),
        asked=len(names),
    )


def _compared(name: str) -> str:
    """As servers compare names: without case, and with single spaces."""
    return " ".join(name.split()).casefold()
