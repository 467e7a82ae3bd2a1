"""Fits what a user does next: counts on training users, weights and temperature on validation users.

Knows nothing of what codes stand for.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.interactions import Interactions
from firstlight_encoder.profile.next_step import FOLLOWERS, KNOWN_EDGES, SOURCES, NextModel, bucket

_AN_EVENT = 0.5
"""Added to every code's count, so that nothing is impossible (Lidstone, 1920)."""
_FROM_A_BASKET = 5
_CASES = 4_000
_TEMPERED = 800
_FEWEST = 40
"""Cases from which on temperatures are chosen by users with about as many events."""
_STEPS = 100
_WEIGHED = 16
_PULL = 5.0
"""Cases that the weights of all users count as, beside those of users with about as many events."""
TEMPERATURES = tuple(np.round(np.arange(0.7, 1.61, 0.05), 2).tolist())
MOST_EVENTS = 200
"""The latest events that are read."""


@dataclass(frozen=True)
class NextCase:
    """What came before a basket, and what was in it.

    Attributes:
        user: whose it is.
        codes: ``(n,)`` int64, oldest first.
        gaps_h: ``(n,)`` float64, hours before the basket.
        targets: ``(t,)`` int64, of the basket's events, repeats kept.
    """

    user: int
    codes: NDArray[np.int64]
    gaps_h: NDArray[np.float64]
    targets: NDArray[np.int64]


def next_cases(log: Interactions, codes: NDArray[np.int64]) -> list[NextCase]:
    """Each user's first basket, second, third, fifth, ninth and so on, after what came before.

    Args:
        log: any users.
        codes: ``(e,)`` int64, what each event is of; -1 for nothing.
    """
    firsts = np.searchsorted(log.basket_users, log.basket_users)
    place = np.arange(len(firsts)) - firsts
    chosen = np.flatnonzero((place == 0) | ((place & (place - 1)) == 0))
    cases = [_case(log, codes, int(basket), int(firsts[basket])) for basket in chosen]
    return [case for case in cases if len(case.targets)]


def _case(log: Interactions, codes: NDArray[np.int64], basket: int, first: int) -> NextCase:
    begin, start, stop = log.basket_starts[[first, basket, basket + 1]].tolist()
    before: NDArray[np.int64] = np.arange(max(int(begin), int(start) - MOST_EVENTS), int(start))
    known = before[codes[before] >= 0]
    wanted = codes[start:stop]
    gaps = (log.times_h[start] - log.times_h[known]).clip(0)
    return NextCase(int(log.users[start]), codes[known], gaps, wanted[wanted >= 0])


def fit_next(
    train: Interactions,
    train_codes: NDArray[np.int64],
    validation: Sequence[NextCase],
    *,
    kin: NDArray[np.int64],
    seed: int,
) -> NextModel | None:
    """The model of ``c`` codes; None where there is nothing to tell apart or nobody to tell it by.

    Args:
        train: is counted.
        train_codes: ``(e,)`` int64, its codes; -1 for nothing.
        validation: of other users, by whom weights and temperature are chosen.
        kin: ``(c,)`` int64, as in ``NextModel``.
        seed: of what is drawn.
    """
    count = len(kin)
    if not count or not len(validation) or not (train_codes >= 0).any():
        return None
    random = np.random.default_rng(seed)
    chosen: list[int] = random.permutation(len(validation))[:_CASES].tolist()
    cases = [validation[place] for place in chosen]
    counts = np.bincount(train_codes[train_codes >= 0], minlength=count) + _AN_EVENT
    followers, follow = _followers(train, train_codes, count, random)
    even = np.full((len(KNOWN_EDGES) + 1, len(SOURCES)), 1 / len(SOURCES))
    bare = NextModel(counts / counts.sum(), kin, followers, follow, even, np.ones(len(even)))
    weighed = replace(bare, weights=_weights(bare, cases))
    return replace(weighed, temperatures=_temperatures(weighed, cases[:_TEMPERED]))


def _followers(
    log: Interactions, codes: NDArray[np.int64], count: int, random: np.random.Generator
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """What is in the baskets right after those with each code; of large baskets, some events count."""
    keys = random.random(len(codes))
    order = np.lexsort((keys, log.basket_of))
    inside = np.arange(len(order)) - np.repeat(log.basket_starts[:-1], np.diff(log.basket_starts))
    picked = order[(inside < _FROM_A_BASKET) & (codes[order] >= 0)]
    baskets = log.basket_of[picked]
    starts = np.searchsorted(baskets, np.arange(len(log.basket_starts)))
    following = np.where(baskets + 1 < len(log.basket_users), baskets + 1, baskets)
    same = (following != baskets) & (log.basket_users[following] == log.basket_users[baskets])
    sizes = np.where(same, starts[following + 1] - starts[following], 0)
    left = np.repeat(codes[picked], sizes)
    right = picked[np.repeat(starts[following] - (np.cumsum(sizes) - sizes), sizes) + np.arange(int(sizes.sum()))]
    return _most(left * count + codes[right], count)


def _most(pairs: NDArray[np.int64], count: int) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """The ``FOLLOWERS`` commonest right sides of each left side of ``left * count + right``."""
    distinct, times = np.unique(pairs, return_counts=True)
    order = np.lexsort((-times, distinct // count))
    left, right, times = distinct[order] // count, distinct[order] % count, times[order]
    rank = np.arange(len(left)) - np.searchsorted(left, left)
    kept = rank < min(FOLLOWERS, count)
    ids = np.full((count, min(FOLLOWERS, count)), -1, np.int32)
    shares = np.zeros(ids.shape, np.float32)
    ids[left[kept], rank[kept]], shares[left[kept], rank[kept]] = right[kept], times[kept]
    return ids, shares / np.maximum(shares.sum(1, keepdims=True), 1)


def _weights(model: NextModel, cases: Sequence[NextCase]) -> NDArray[np.float64]:
    """By expectation maximisation (Jelinek and Mercer, 1980), drawn towards those of all users."""
    found = [model.sources(case.codes, case.gaps_h)[:, case.targets[:_WEIGHED]] for case in cases]
    lines = np.array([bucket(len(case.codes)) for case in cases])
    known = [one for one, line in zip(found, lines, strict=True) if line]
    shared = _maximised(known, np.full(len(SOURCES), 1 / len(SOURCES)), pull=_PULL)
    return np.stack(
        [
            _maximised([one for one, own in zip(found, lines, strict=True) if own == line], shared, pull=_PULL)
            for line in range(len(KNOWN_EDGES) + 1)
        ]
    )


def _maximised(
    found: Sequence[NDArray[np.float64]], towards: NDArray[np.float64], *, pull: float
) -> NDArray[np.float64]:
    if not found:
        return towards
    likely = np.concatenate(found, axis=1)
    each = np.concatenate([np.full(one.shape[1], 1 / one.shape[1]) for one in found])
    weights = (towards + 1 / len(towards)) / 2  # what starts at nothing stays there
    for _ in range(_STEPS):
        shares = weights[:, None] * likely
        weights = (shares / shares.sum(0).clip(1e-12)) @ each + pull * towards
        weights = weights / weights.sum()
    return weights


def _temperatures(model: NextModel, cases: Sequence[NextCase]) -> NDArray[np.float64]:
    """Those under which the next steps of validation users are likeliest, of all of them where few know as much."""
    losses = np.array([_losses(model.probabilities(case.codes, case.gaps_h), case.targets) for case in cases])
    lines = np.array([bucket(len(case.codes)) for case in cases])
    chosen = [losses[lines == line] for line in range(len(KNOWN_EDGES) + 1)]
    best = [(own if len(own) >= _FEWEST else losses).mean(0).argmin() for own in chosen]
    return np.array(TEMPERATURES)[best]


def _losses(likely: NDArray[np.float64], targets: NDArray[np.int64]) -> list[float]:
    """The log loss under each of ``TEMPERATURES``."""
    return [_log_loss(likely ** (1 / temperature), targets) for temperature in TEMPERATURES]


def _log_loss(likely: NDArray[np.float64], targets: NDArray[np.int64]) -> float:
    return float(-np.log(likely[targets] / likely.sum()).mean())
