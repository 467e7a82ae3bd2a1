"""A shop made up for timing: texts of a catalogue's lengths and users who keep to a kind of item.

Knows nothing of devices or models.
"""

from dataclasses import dataclass

import numpy as np

from firstlight_encoder.interactions import Interactions
from firstlight_encoder.labels import Labels, category_labels
from firstlight_encoder.split import UserSplit, split_users
from firstlight_encoder.tokens import TokenType

KINDS = ("tea", "lamp", "chair", "rope", "guitar", "boot", "novel", "drill", "camera", "kite")
WORDS = ("red", "green", "small", "large", "old", "new", "soft", "hard", "light", "dark", "fine", "round", "flat",
         "long", "warm", "cold", "plain", "deluxe", "wireless", "garden", "kitchen", "travel", "junior", "classic",
         "edition", "set", "pack", "pro", "mini", "original")  # fmt: skip
EVENTS_A_USER = 8


@dataclass(frozen=True)
class MadeShop:
    """A catalogue and a log of it.

    Attributes:
        texts: of every item.
        labels: the kinds, to declare.
        split: the users.
    """

    texts: list[str]
    labels: Labels
    split: UserSplit

    @classmethod
    def of(cls, *, items: int, users: int, seed: int = 0) -> "MadeShop":
        """A shop of that size; item i is of kind i modulo the number of kinds."""
        random = np.random.default_rng(seed)
        words = [random.choice(WORDS, random.integers(3, 24)) for _ in range(items)]
        texts = [f"{' '.join(own)} {KINDS[item % len(KINDS)]} {item}" for item, own in enumerate(words)]
        labels = category_labels([["Shop", KINDS[item % len(KINDS)]] for item in range(items)])
        log = _log(random, items=items, users=users)
        return cls(texts, labels, split_users(log, seed=seed, test_share=0.0, time_quantile=None))


def _log(random: np.random.Generator, *, items: int, users: int) -> Interactions:
    """Every user's events, each a basket of its own."""
    owners = np.repeat(np.arange(users), EVENTS_A_USER)
    count = len(owners)
    return Interactions(
        item_count=items,
        user_ids=tuple(str(user) for user in range(users)),
        users=owners,
        items=random.integers(0, items // len(KINDS), count) * len(KINDS) + owners % len(KINDS),
        types=np.full(count, int(TokenType.PURCHASE)),
        times_h=np.arange(count, dtype=np.float64),
        weights=np.ones(count, np.float32),
        baskets=np.arange(count),
    )
