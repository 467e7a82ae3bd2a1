"""A made-up catalogue of two kinds of items with everything the second stage reads of it, and logs by hand."""

from collections.abc import Sequence

import numpy as np

from firstlight_encoder.calibration import BUCKETS
from firstlight_encoder.interactions import Interactions
from firstlight_encoder.second_stage.catalogue_side import CatalogueSide
from firstlight_encoder.second_stage.item_facts import ItemFacts
from firstlight_encoder.second_stage.lexicon import Lexicon
from firstlight_encoder.second_stage.mixture import SOURCES, SourceMixture
from firstlight_encoder.tokens import TokenType
from firstlight_encoder.training.second_stage.counted import Counted

KINDS = ("tea", "candle")
WIDTH = 6


def log(lines: Sequence[tuple[int, int, int]], *, items: int, types: Sequence[TokenType] = ()) -> Interactions:
    """Events (user, basket, item), sorted by user and basket; a basket takes place on the day of its number."""
    users, baskets, rows = np.array(lines, np.int64).reshape(-1, 3).T
    return Interactions(
        item_count=items,
        user_ids=tuple(f"u{user}" for user in range(int(users.max(initial=-1)) + 1)),
        users=users,
        items=rows,
        types=np.array([int(kind) for kind in types or (TokenType.PURCHASE,) * len(lines)], np.int64),
        times_h=(24.0 * baskets).astype(np.float64),
        weights=np.ones(len(lines), np.float32),
        baskets=baskets,
    )


def shoppers(users: int, *, items: int, baskets: int = 6, seed: int = 0) -> Interactions:
    """Users who each keep to one kind: items of even rows, or of odd."""
    random = np.random.default_rng(seed)
    rows = random.integers(0, items // 2, (users, baskets)) * 2 + np.arange(users)[:, None] % 2
    return log([(user, basket, int(rows[user, basket])) for user in range(users) for basket in range(baskets)],
               items=items)  # fmt: skip


def catalogue_side(items: int = 40, *, seed: int = 0) -> CatalogueSide:
    """Random unit vectors and prior; companions counted from shoppers; titles such as "tea n6"."""
    random = np.random.default_rng(seed)
    vectors = random.normal(size=(items, WIDTH)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    prior = np.log(random.dirichlet(np.ones(items)) + 1e-6).astype(np.float32)
    counted = Counted.of(shoppers(60, items=items, seed=seed), vectors)
    facts = ItemFacts.of(
        categories=[["shop", KINDS[row % 2]] for row in range(items)],
        brands=[None if row % 5 == 0 else f"brand {row % 3}" for row in range(items)],
        prices=[None if row % 7 == 0 else 1.0 + row for row in range(items)],
    )
    return CatalogueSide(
        rows=np.concatenate([vectors, prior[:, None]], axis=1),
        tables=counted.tables,
        tastes=counted.tastes,
        facts=facts,
        lexicon=Lexicon.of([f"{KINDS[row % 2]} n{row}" for row in range(items)]),
    )


def mixture(seed: int = 0) -> SourceMixture:
    """Random weights."""
    weights = np.random.default_rng(seed).dirichlet(np.ones(len(SOURCES)), BUCKETS)
    return SourceMixture(weights.astype(np.float32))
