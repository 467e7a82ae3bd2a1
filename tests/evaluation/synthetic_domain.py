"""Small made-up shops with real structure, and by-hand logs and cases.

A clustered shop: items fall into clusters, everybody shops mostly inside one cluster, a few items sell to all. Texts of
a cluster resemble each other as far as asked. What must win where is therefore known beforehand.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.cases import Case
from firstlight_encoder.interactions import Interactions
from firstlight_encoder.labels import Labels, category_labels
from firstlight_encoder.split import split_users
from firstlight_encoder.tokens import TokenType
from firstlight_evaluation.material import Material

TEXT_WIDTH = 16


@dataclass(frozen=True)
class Shop:
    """What decides a made-up shop."""

    users: int = 240
    clusters: int = 8
    items_of_a_cluster: int = 12
    baskets: int = 40
    loyalty: float = 0.95
    text_signal: float = 0.6
    seed: int = 0


def clustered(shop: Shop) -> Material:
    """A shop whose customers each keep to one cluster with probability ``loyalty`` an item."""
    random = np.random.default_rng(shop.seed)
    item_count = shop.clusters * shop.items_of_a_cluster
    lines = [
        (user, basket, item)
        for user in range(shop.users)
        for basket in range(shop.baskets)
        for item in _basket(shop, random, home=user % shop.clusters)
    ]
    split = split_users(log(lines, item_count=item_count), seed=shop.seed)
    # Only the cluster is a word of several titles.
    titles = tuple(
        f"Cluster {c} thing {chr(97 + n)}{c}" for c in range(shop.clusters) for n in range(shop.items_of_a_cluster)
    )
    return Material("clustered", split, _labels(shop), *_texts(shop, random), titles=titles)


def log(lines: Sequence[tuple[int, int, int]], *, item_count: int, types: Sequence[int] | None = None) -> Interactions:
    """Events (user, basket, item) in order; a basket takes place on the day of its number."""
    users, baskets, items = np.array(lines, np.int64).reshape(-1, 3).T
    return Interactions(
        item_count=item_count,
        user_ids=tuple(f"u{number}" for number in range(int(users.max(initial=-1)) + 1)),
        users=users,
        items=items,
        types=np.array([TokenType.PURCHASE] * len(lines) if types is None else types, np.int64),
        times_h=(baskets * 24.0 + 400_000).astype(np.float64),
        weights=np.ones(len(lines), np.float32),
        baskets=baskets,
    )


def case(
    history: Sequence[int] = (), *, targets: Sequence[int] = (0,), declared: tuple[int, ...] = (), user: int = 0
) -> Case:
    """A case whose events are purchases, one an hour."""
    count = len(history)
    return Case(
        user=user,
        history=np.array(history, np.int64),
        types=np.full(count, int(TokenType.PURCHASE), np.int64),
        gaps_h=np.arange(count, dtype=np.float32)[::-1],
        weights=np.ones(count, np.float32),
        declared=declared,
        targets=np.array(targets, np.int64),
    )


def _basket(shop: Shop, random: np.random.Generator, *, home: int) -> list[int]:
    clusters = np.where(random.random(2) < shop.loyalty, home, random.integers(shop.clusters, size=2))
    # The square of a uniform number leans to the first items of a cluster: mild popularity.
    within = (random.random(2) ** 2 * shop.items_of_a_cluster).astype(np.int64)
    return [int(item) for item in np.unique(clusters * shop.items_of_a_cluster + within)]


def _labels(shop: Shop) -> Labels:
    return category_labels(
        [("shop", f"cluster {c}") for c in range(shop.clusters) for _ in range(shop.items_of_a_cluster)]
    )


def _texts(shop: Shop, random: np.random.Generator) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Unit item vectors around their cluster's, and the label vectors (the first label is the whole shop)."""
    centres = _unit(random.normal(size=(shop.clusters, TEXT_WIDTH)))
    noise = _unit(random.normal(size=(shop.clusters * shop.items_of_a_cluster, TEXT_WIDTH)))
    items = shop.text_signal * np.repeat(centres, shop.items_of_a_cluster, axis=0) + (1 - shop.text_signal) * noise
    return _unit(items), _unit(np.concatenate([centres.mean(axis=0, keepdims=True), centres]))


def _unit(rows: NDArray[np.floating]) -> NDArray[np.float32]:
    unit: NDArray[np.float32] = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return unit
