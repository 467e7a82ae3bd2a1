"""implicit's item neighbours: cosine, TF-IDF or BM25 of the columns of the user-item table.

Source: https://github.com/benfred/implicit. Run as ``python -m benchmarks.peers.item_knn --exchange DIR``.
"""

# pyright: reportMissingModuleSource=false
# implicit is installed in the peers' own environment only.

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from implicit.nearest_neighbours import BM25Recommender, CosineRecommender, ItemItemRecommender, TFIDFRecommender

from benchmarks.peers.command import run
from benchmarks.peers.exchange import Exchange
from benchmarks.peers.matrices import newcomer_rows, user_rows
from benchmarks.peers.newcomer import Evidence, Newcomer
from benchmarks.peers.ranked import Ranked


@dataclass(frozen=True)
class Option:
    """Which similarity, and of how many neighbours.

    Attributes:
        similarity: "counts" (of common users), "cosine", "tf-idf" or "bm25".
        neighbours: how many an item keeps, itself included.
        k1: BM25's saturation; nothing to the others.
        b: BM25's weight of how long a row is; nothing to the others.
    """

    similarity: str
    neighbours: int
    k1: float = 1.2
    b: float = 0.75


OPTIONS = (
    Option("cosine", 100),
    Option("tf-idf", 100),
    Option("counts", 500),
    Option("bm25", 500),
    Option("bm25", 500, b=0.25),
    Option("bm25", 500, k1=0.3, b=0.25),
    Option("bm25", 500, k1=0.1, b=0.25),
    Option("bm25", 500, k1=0.1, b=0.0),
)


class NeighbourModel:
    """A table of neighbours."""

    def __init__(self, model: ItemItemRecommender, *, item_count: int) -> None:
        self._model, self._item_count = model, item_count

    def rank(self, newcomers: Sequence[Newcomer], *, count: int) -> Ranked:
        """By the sum of the similarities to the history's items; items without any are left out."""
        histories = newcomer_rows(newcomers, item_count=self._item_count)
        rows, scores = self._model.recommend(
            np.arange(len(newcomers)), histories, N=min(count, self._item_count), filter_already_liked_items=False
        )
        return Ranked(np.where(scores > 0, rows, -1).astype(np.int64), scores.astype(np.float32))


class ItemKnn:
    """The peer."""

    name = "implicit item-kNN"
    file = "implicit-item-knn"
    packages = ("implicit",)
    answers = frozenset[Evidence]({"events"})
    notes = "A list that runs out of neighbours goes on with what sells."

    def options(self, exchange: Exchange) -> Sequence[Option]:
        """The same for every domain."""
        return OPTIONS[: exchange.max_options]

    def fit(self, exchange: Exchange, option: Option, *, seed: int) -> NeighbourModel:
        """Counting; there is nothing to train."""
        model = _recommender(option)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about a conversion that implicit itself brings about
            model.fit(user_rows(exchange.train).astype(np.float64), show_progress=False)
        return NeighbourModel(model, item_count=exchange.train.item_count)


def _recommender(option: Option) -> ItemItemRecommender:
    if option.similarity == "bm25":
        return BM25Recommender(K=option.neighbours, K1=option.k1, B=option.b, num_threads=1)
    kind = {"counts": ItemItemRecommender, "cosine": CosineRecommender, "tf-idf": TFIDFRecommender}[option.similarity]
    return kind(K=option.neighbours, num_threads=1)


if __name__ == "__main__":
    run(ItemKnn())
