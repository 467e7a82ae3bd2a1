"""implicit's alternating least squares, newcomers folded in by ``recalculate_user``.

Source: https://github.com/benfred/implicit. Run as ``python -m benchmarks.peers.als --exchange DIR``.
"""

# pyright: reportMissingModuleSource=false
# implicit is installed in the peers' own environment only.

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from implicit.als import AlternatingLeastSquares
from scipy.sparse import csr_matrix

from benchmarks.peers.command import run
from benchmarks.peers.exchange import Exchange
from benchmarks.peers.matrices import confidence, newcomer_rows, user_rows
from benchmarks.peers.newcomer import Evidence, Newcomer
from benchmarks.peers.ranked import Ranked


@dataclass(frozen=True)
class Option:
    """How the factors are found.

    Attributes:
        factors: their number.
        alpha: weight of an event beside the weight 1 of every pair without one.
        regularization: of the factors.
        iterations: sweeps over users and items.
    """

    factors: int
    alpha: float
    regularization: float = 1.0
    iterations: int = 15


OPTIONS = (
    Option(8, 1.0),
    Option(16, 1.0),
    Option(32, 1.0),
    Option(64, 1.0),
    Option(32, 10.0),
    Option(64, 10.0),
    Option(128, 10.0),
    Option(256, 10.0),
)


class FactorModel:
    """Fitted factors and how much a newcomer's event counts."""

    def __init__(self, model: AlternatingLeastSquares, *, alpha: float, item_count: int) -> None:
        self._model, self._alpha, self._item_count = model, alpha, item_count

    def rank(self, newcomers: Sequence[Newcomer], *, count: int) -> Ranked:
        """Newcomers' factors are solved for from their history, as ``recalculate_user`` does."""
        histories = confidence(newcomer_rows(newcomers, item_count=self._item_count), alpha=self._alpha)
        rows, scores = self._model.recommend(
            np.arange(len(newcomers)),
            histories,
            N=min(count, self._item_count),
            filter_already_liked_items=False,
            recalculate_user=True,
        )
        # Without a liked event every score is 0, and the order would be the catalogue's.
        silent = np.array([not len(newcomer.liked) for newcomer in newcomers])
        return Ranked(np.where(silent[:, None], -1, rows).astype(np.int64), scores)


class Als:
    """The peer."""

    name = "implicit ALS"
    file = "implicit-als"
    packages = ("implicit",)
    answers = frozenset[Evidence]({"events"})
    notes = (
        "Newcomers are folded in with recalculate_user. One whose events all speak against their items is shown "
        "what sells."
    )

    def options(self, exchange: Exchange) -> Sequence[Option]:
        """The same for every domain."""
        return OPTIONS[: exchange.max_options]

    def fit(self, exchange: Exchange, option: Option, *, seed: int) -> FactorModel:
        """Factors of the training users and items."""
        model = AlternatingLeastSquares(
            factors=option.factors,
            regularization=option.regularization,
            iterations=option.iterations,
            num_threads=1,
            random_state=seed,
        )
        users: csr_matrix = confidence(user_rows(exchange.train), alpha=option.alpha)
        model.fit(users, show_progress=False)
        return FactorModel(model, alpha=option.alpha, item_count=exchange.train.item_count)


if __name__ == "__main__":
    run(Als())
