"""Tunes a peer on the validation cases and ranks the test cases with what won.

The same budget as our own baselines have: at most eight options, one for the whole curve. Knows no library and no file.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.peers.exchange import Exchange
from benchmarks.peers.newcomer import Newcomer
from benchmarks.peers.peer import Model, Peer, Trial
from benchmarks.peers.quality import mean_ndcg
from benchmarks.peers.ranked import Ranked, complete

CASES_AT_ONCE = 512

Told = Callable[[str, int, int], object]
"""Is told a stage, how much of it is done and how much there is."""


def silent(stage: str, done: int, total: int) -> None:
    """Tells nobody."""


@dataclass(frozen=True)
class Outcome:
    """What a peer brought.

    Attributes:
        trials: every option tried.
        chosen: the best of them; ties go to the earlier.
        newcomers: the test cases answered.
        lists: for each seed, the lists of ``newcomers``.
        tune_s: seconds that tuning took, its fits included.
        rank_s: seconds that fitting further seeds and ranking took.
    """

    trials: tuple[Trial, ...]
    chosen: Trial
    newcomers: tuple[Newcomer, ...]
    lists: dict[int, Ranked]
    tune_s: float
    rank_s: float


def compete(peer: Peer, exchange: Exchange, *, seeds: Sequence[int], told: Told = silent) -> Outcome:
    """Chooses an option with the first seed, then ranks the test cases once for every seed.

    Raises:
        ValueError: if the peer would try more options than allowed.
    """
    began = time.perf_counter()
    chosen, trials, model = _tune(peer, exchange, seed=seeds[0], told=told)
    tuned = time.perf_counter()
    asked = tuple(newcomer for newcomer in exchange.test if newcomer.evidence in peer.answers)
    lists: dict[int, Ranked] = {}
    for done, seed in enumerate(seeds):
        fitted = model if seed == seeds[0] else peer.fit(exchange, chosen.option, seed=seed)
        lists[seed] = rank(fitted, asked, exchange=exchange)
        told("ranking", done + 1, len(seeds))
    return Outcome(tuple(trials), chosen, asked, lists, tuned - began, time.perf_counter() - tuned)


def rank(model: Model, newcomers: Sequence[Newcomer], *, exchange: Exchange) -> Ranked:
    """The complete lists of ``newcomers``, made batch by batch."""
    length = min(exchange.list_length, exchange.train.item_count)
    popular = exchange.train.popular
    parts: list[Ranked] = []
    for start in range(0, len(newcomers), CASES_AT_ONCE):
        batch = newcomers[start : start + CASES_AT_ONCE]
        longest = max(len(newcomer.history) for newcomer in batch)
        parts.append(complete(model.rank(batch, count=length + longest), batch, popular=popular, length=length))
    return Ranked(np.concatenate([part.rows for part in parts]), np.concatenate([part.scores for part in parts]))


def _tune(peer: Peer, exchange: Exchange, *, seed: int, told: Told) -> tuple[Trial, list[Trial], Model]:
    options = peer.options(exchange)
    if not 0 < len(options) <= exchange.max_options:
        raise ValueError(f"{peer.name} has {len(options)} options, a peer tries 1 to {exchange.max_options}")
    cases = [case for case in exchange.validation if case.tuning and case.evidence in peer.answers]
    trials: list[Trial] = []
    winner: tuple[Trial, Model] | None = None
    told("tuning", 0, len(options))
    for option in options:
        trial, model = _try(peer, exchange, option, cases=cases, seed=seed)
        trials.append(trial)
        if winner is None or trial.validation > winner[0].validation:
            winner = trial, model
        told("tuning", len(trials), len(options))
    assert winner is not None, "there is an option"
    return winner[0], trials, winner[1]


def _try(peer: Peer, exchange: Exchange, option: Any, *, cases: Sequence[Newcomer], seed: int) -> tuple[Trial, Model]:
    model = peer.fit(exchange, option, seed=seed)
    return Trial(option, mean_ndcg(rank(model, cases, exchange=exchange).rows, cases)), model
