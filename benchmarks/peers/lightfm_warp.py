"""LightFM with the WARP loss and item features (the maintained fork, lightfm-next).

Source: https://github.com/lyst/lightfm. Run as ``python -m benchmarks.peers.lightfm_warp --exchange DIR``.
"""

# pyright: reportMissingModuleSource=false
# lightfm-next is installed in the peers' own environment only.

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from lightfm import LightFM
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from benchmarks.peers.command import run
from benchmarks.peers.exchange import Exchange
from benchmarks.peers.lightfm_features import item_features
from benchmarks.peers.lightfm_newcomers import FoldIn, newcomer_bags, regression, user_bags
from benchmarks.peers.newcomer import Evidence, Newcomer
from benchmarks.peers.ranked import Ranked, best

RIDGE = 0.1


@dataclass(frozen=True)
class Option:
    """How LightFM is trained and newcomers are folded in.

    Attributes:
        fold_in: a ``FoldIn``.
        components: width of the vectors.
        epochs: passes over the events.
    """

    fold_in: FoldIn
    components: int
    epochs: int


EVENTS_SEEN = 4_000_000
"""Passes over the log end here, between ``EPOCHS`` of them: WARP needs many where events are few."""

EPOCHS = (8, 40)


class WarpModel:
    """Item vectors, item biases and the map from a bag to a user's vector."""

    def __init__(
        self, exchange: Exchange, *, items: NDArray[np.float32], biases: NDArray[np.float32], bags: NDArray[np.float32]
    ) -> None:
        self._exchange, self._items, self._biases, self._bags = exchange, items, biases, bags

    def rank(self, newcomers: Sequence[Newcomer], *, count: int) -> Ranked:
        """By inner product and bias; the biases alone where nothing is known."""
        users = newcomer_bags(newcomers, exchange=self._exchange) @ self._bags
        return best((users @ self._items.T + self._biases).astype(np.float32), count=count)


class LightFmWarp:
    """The peer. Fits that differ only in how newcomers are folded in share one training."""

    name = "LightFM (WARP)"
    file = "lightfm-warp"
    packages = ("lightfm-next",)
    answers = frozenset[Evidence]({"nothing", "declared", "events"})
    notes = (
        "Item features: identity, labels, title words. LightFM folds nobody in: newcomers are the mean of their items, "
        "a ridge regression from it to trained user vectors, or user features made of their items; declared labels "
        "stand for the items that carry them; with nothing known the item biases rank."
    )

    def __init__(self) -> None:
        self._trained: dict[tuple[object, ...], LightFM] = {}

    def options(self, exchange: Exchange) -> Sequence[Option]:
        """Four trainings: two ways to fold in share one."""
        epochs = int(np.clip(EVENTS_SEEN // max(1, len(exchange.train.rows)), *EPOCHS))
        return [
            *(
                Option(fold_in, width, epochs)
                for width in (32, 64, 128)
                for fold_in in (FoldIn.MEAN, FoldIn.REGRESSION)
            ),
            Option(FoldIn.FEATURES, 64, epochs),
        ]

    def fit(self, exchange: Exchange, option: Option, *, seed: int) -> WarpModel:
        """WARP over the training users' distinct items."""
        features, bags = item_features(exchange), user_bags(exchange.train)
        described = option.fold_in is FoldIn.FEATURES
        key = (option.components, option.epochs, described, seed)
        if key not in self._trained:
            self._trained[key] = _train(option, bags, features, described=described, seed=seed)
        model = self._trained[key]
        biases, items = model.get_item_representations(features)
        return WarpModel(exchange, items=items, biases=biases, bags=_bag_vectors(option.fold_in, model, bags, items))


def _train(option: Option, bags: csr_matrix, features: csr_matrix, *, described: bool, seed: int) -> LightFM:
    model = LightFM(no_components=option.components, loss="warp", random_state=seed)
    taken = csr_matrix(bags)
    taken.data = np.ones_like(bags.data)
    return model.fit(
        taken.tocoo(),
        user_features=bags if described else None,
        item_features=features,
        epochs=option.epochs,
        num_threads=1,
    )


def _bag_vectors(fold_in: FoldIn, model: LightFM, bags: csr_matrix, items: NDArray[np.float32]) -> NDArray[np.float32]:
    """``(items, d)`` float32: what an item in a newcomer's bag contributes, share by share, to their vector."""
    if fold_in is FoldIn.FEATURES:
        return model.user_embeddings
    _, users = model.get_user_representations()
    means = bags @ items
    if fold_in is FoldIn.REGRESSION:
        return items @ regression(means, users, penalty=RIDGE)
    scale = np.linalg.norm(users, axis=1).mean() / np.linalg.norm(means, axis=1).mean()
    vectors: NDArray[np.float32] = (items * scale).astype(np.float32)
    return vectors


if __name__ == "__main__":
    run(LightFmWarp())
