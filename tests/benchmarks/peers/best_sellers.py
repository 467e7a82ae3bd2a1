"""A peer without a library: what sells, times a number to choose."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.peers.exchange import Exchange
from benchmarks.peers.newcomer import Evidence, Newcomer
from benchmarks.peers.ranked import Ranked, best


@dataclass(frozen=True)
class Option:
    sign: int


@dataclass(frozen=True)
class Sellers:
    scores: np.ndarray[tuple[int], np.dtype[np.float32]]

    def rank(self, newcomers: Sequence[Newcomer], *, count: int) -> Ranked:
        return best(np.tile(self.scores, (len(newcomers), 1)), count=count)


@dataclass(frozen=True)
class BestSellers:
    answers: frozenset[Evidence] = frozenset({"events"})
    signs: tuple[int, ...] = (-1, 1)
    name: str = "best sellers"
    file: str = "best-sellers"
    packages: tuple[str, ...] = ("polars",)
    notes: str = ""

    def options(self, exchange: Exchange) -> Sequence[Option]:
        return [Option(sign) for sign in self.signs]

    def fit(self, exchange: Exchange, option: Option, *, seed: int) -> Sellers:
        counts = np.bincount(exchange.train.rows, minlength=exchange.train.item_count)
        return Sellers((option.sign * counts).astype(np.float32))
