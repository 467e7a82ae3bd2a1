"""What LightFM is told about items: themselves, the labels they carry and the words of their titles.

Knows nothing of users.
"""

import re
from collections import Counter

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from benchmarks.peers.exchange import Exchange

LEAST_ITEMS_OF_A_WORD = 3
"""A word of fewer titles says no more than the item itself."""


def item_features(exchange: Exchange) -> csr_matrix:
    """``(items, features)`` float32; each row sums to 1, as LightFM's own ``Dataset`` builds them."""
    count = exchange.train.item_count
    words = _words(exchange.titles)
    labels = exchange.item_labels
    parts = [
        np.stack([np.arange(count)] * 2, axis=1),
        labels + np.array([0, count]),
        words + np.array([0, count + int(labels[:, 1].max(initial=-1)) + 1]),
    ]
    rows, features = np.concatenate(parts).T
    per_item = np.bincount(rows, minlength=count)
    return csr_matrix(((1.0 / per_item[rows]).astype(np.float32), (rows, features)))


def _words(titles: tuple[str, ...]) -> NDArray[np.int64]:
    """``(p, 2)`` int64 pairs of item row and word, for words of enough titles."""
    found = [sorted(set(re.findall(r"\w+", title.lower()))) for title in titles]
    spread = Counter(word for words in found for word in words)
    known = sorted(word for word, items in spread.items() if items >= LEAST_ITEMS_OF_A_WORD)
    number = {word: place for place, word in enumerate(known)}
    pairs = [(row, number[word]) for row, words in enumerate(found) for word in words if word in number]
    return np.array(pairs, np.int64).reshape(-1, 2)
