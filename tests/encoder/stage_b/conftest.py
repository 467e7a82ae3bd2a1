"""A shop of coloured things whose users keep to one colour, and a tiny encoder that reads their names."""

import numpy as np
import pytest

from firstlight_encoder.checkpoint import Checkpoint
from firstlight_encoder.interactions import Interactions
from firstlight_encoder.split import UserSplit, split_users
from firstlight_encoder.tokens import TokenType
from firstlight_encoder.training.stage_b.item_tokens import ItemTokens
from tests.encoder.tiny_checkpoint import write_tiny_checkpoint

COLOURS, THINGS = ("red", "green", "white"), ("tea", "cup", "pot", "tea cup", "tea pot", "cup pot", "tea cup pot")
ITEMS = [f"{colour} {thing}" for thing in THINGS for colour in COLOURS]
"""The colour of item i is i modulo three."""

USERS, BASKETS = 120, 6


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Checkpoint:
    return Checkpoint.open(write_tiny_checkpoint(tmp_path_factory.mktemp("encoder") / "tiny", layers=2))


@pytest.fixture(scope="session")
def tokens(checkpoint: Checkpoint) -> ItemTokens:
    return ItemTokens.of(ITEMS, checkpoint)


@pytest.fixture(scope="session")
def colour_log() -> Interactions:
    random = np.random.default_rng(3)
    users = np.repeat(np.arange(USERS), BASKETS)
    count = len(users)
    return Interactions(
        item_count=len(ITEMS),
        user_ids=tuple(f"u{user}" for user in range(USERS)),
        users=users,
        items=random.integers(0, len(THINGS), count) * len(COLOURS) + users % len(COLOURS),
        types=np.full(count, int(TokenType.PURCHASE)),
        times_h=np.arange(count, dtype=np.float64),
        weights=np.ones(count, np.float32),
        baskets=np.arange(count),
    )


@pytest.fixture(scope="session")
def colour_split(colour_log: Interactions) -> UserSplit:
    return split_users(colour_log, seed=0, test_share=0.2, time_quantile=None)
