"""A real, tiny second stage: tables counted from made-up shoppers, a mixture and trees trained on others."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from firstlight_encoder import Space, TokenType
from firstlight_encoder.interactions import Interactions
from firstlight_encoder.labels import Labels, category_labels
from firstlight_encoder.prior import PriorTimeline
from firstlight_encoder.second_stage.catalogue_side import CatalogueSide
from firstlight_encoder.second_stage.item_facts import ItemFacts
from firstlight_encoder.second_stage.lexicon import Lexicon
from firstlight_encoder.second_stage.second_stage import Method
from firstlight_encoder.text_encoder import TextEncoder
from firstlight_encoder.training.second_stage.counted import Counted
from firstlight_encoder.training.second_stage.ranker_training import Ranked, train_second_stage
from firstlight_encoder.training.second_stage.ranking_material import RankingMaterial

BASKETS, KINDS = 8, 4


def tiny_second_stage(
    items: pl.DataFrame,
    rows: NDArray[np.float32],
    *,
    space: Space,
    encoder: TextEncoder,
    method: Method | None,
    users: int = 60,
) -> Ranked:
    """A second stage over the items of ``rows``, trained on so many users."""
    material = tiny_material(items, rows, space=space, encoder=encoder)
    log = shoppers(users, items=len(rows), seed=2)
    return train_second_stage(material, log, method=method, seed=0, progress=lambda done, total: None)


def tiny_material(
    items: pl.DataFrame, rows: NDArray[np.float32], *, space: Space, encoder: TextEncoder
) -> RankingMaterial:
    """What it is trained over."""
    vectors, log = rows[:, :-1], shoppers(150, items=len(rows), seed=1)
    facts = ItemFacts.of(
        categories=items["category"].to_list(), brands=items["brand"].to_list(), prices=items["price"].to_list()
    )
    texts = [" ".join([title, *path, brand or ""]) for title, path, brand in _names(items).iter_rows()]
    labels = tiny_labels(items)
    counted = Counted.of(log, vectors)
    side = CatalogueSide(
        rows=rows,
        tables=counted.tables,
        tastes=counted.tastes,
        facts=facts,
        lexicon=Lexicon.of(texts),
    )
    return RankingMaterial(
        space=space,
        side=side,
        labels=labels,
        label_vectors=space.project(encoder.encode(labels.prompts)),
        prior=PriorTimeline(np.zeros(0), rows[:, -1][None]),
    )


def tiny_labels(items: pl.DataFrame) -> Labels:
    """The categories of the items."""
    return category_labels(items["category"].to_list())


def shoppers(users: int, *, items: int, seed: int) -> Interactions:
    """Users who each keep to one of the categories, and to neighbours in it."""
    random = np.random.default_rng(seed)
    begins = random.integers(0, items // KINDS, users)
    steps = np.cumsum(random.integers(0, 3, (users, BASKETS)), axis=1)
    rows = (begins[:, None] + steps) % (items // KINDS) * KINDS + (np.arange(users) % KINDS)[:, None]
    events = users * BASKETS
    baskets = np.tile(np.arange(BASKETS), users)
    return Interactions(
        item_count=items,
        user_ids=tuple(f"u{user}" for user in range(users)),
        users=np.repeat(np.arange(users), BASKETS),
        items=rows.ravel(),
        types=np.full(events, int(TokenType.VIEW)),
        times_h=np.zeros(events),
        weights=np.ones(events, np.float32),
        baskets=baskets,
    )


def _names(items: pl.DataFrame) -> pl.DataFrame:
    return items.select("title", "category", "brand")
