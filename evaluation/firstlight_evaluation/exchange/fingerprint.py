"""One short name for everything that decides a comparison: the training log and every case with its targets.

Lists made for one split must never be judged on another. Knows nothing of files.
"""

import hashlib
from collections.abc import Iterable

import numpy as np

from firstlight_encoder.interactions import Interactions
from firstlight_evaluation.exchange.numbered_cases import NumberedCase

_LENGTH = 16


def exchange_fingerprint(train: Interactions, *cases: Iterable[NumberedCase]) -> str:
    """16 hexadecimal digits of a SHA-256 over ``train`` and sets of ``cases``."""
    digest = hashlib.sha256(str(train.item_count).encode())
    for column in (train.users, train.items, train.types, train.times_h, train.weights, train.baskets):
        digest.update(np.ascontiguousarray(column).tobytes())
    for part in cases:
        for one in part:
            digest.update(repr((one.key, one.case.declared)).encode())
            for column in (one.case.history, one.case.types, one.case.gaps_h, one.case.weights, one.case.targets):
                digest.update(np.ascontiguousarray(column).tobytes())
    return digest.hexdigest()[:_LENGTH]
