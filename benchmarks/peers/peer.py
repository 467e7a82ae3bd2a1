"""What a peer is: a name, a few options, and a way to fit one of them and rank by it.

Knows nothing of any library.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from benchmarks.peers.exchange import Exchange
from benchmarks.peers.newcomer import Evidence, Newcomer
from benchmarks.peers.ranked import Ranked


class Model(Protocol):
    """A fitted peer."""

    def rank(self, newcomers: Sequence[Newcomer], *, count: int) -> Ranked:
        """The ``count`` best rows of every newcomer, history not yet left out; shorter where the model knows less."""
        ...


class Peer(Protocol):
    """A library's recommender."""

    @property
    def name(self) -> str:
        """What reports call it."""
        ...

    @property
    def file(self) -> str:
        """The stem of its files."""
        ...

    @property
    def packages(self) -> tuple[str, ...]:
        """The distributions whose versions decide its results."""
        ...

    @property
    def answers(self) -> frozenset[Evidence]:
        """The kinds of evidence it has anything to say about."""
        ...

    @property
    def notes(self) -> str:
        """What a reader of its figures must know."""
        ...

    def options(self, exchange: Exchange) -> Sequence[Any]:
        """The settings to try (frozen dataclasses), the plainest first, at most ``exchange.max_options``."""
        ...

    def fit(self, exchange: Exchange, option: Any, *, seed: int) -> Model:
        """Trains on ``exchange.train``; may stop early by validation cases."""
        ...


@dataclass(frozen=True)
class Trial:
    """One option and the mean NDCG@10 it reached on the tuning cases."""

    option: Any
    validation: float
