"""Fits what a user does next: counts on training users, weights on validation users.

Knows nothing of what codes stand for.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.linalg import svds

from firstlight_encoder.interactions import Interactions
from firstlight_encoder.profile.next_step import FOLLOWERS, MOST_EVENTS, START, NextModel, known

_AN_EVENT = 0.5
"""Added to every code's count, so that nothing is impossible (Lidstone, 1920)."""
_FROM_A_BASKET = 5
_CASES = 4_000
_CELLS = 6_000_000
"""Cases times codes that weights are fitted on at most: 240 MB."""
AXES = 32
"""Directions of tastes at most."""
_CODES_AN_AXIS = 4
"""As many axes as codes would tell nothing of one code by another."""
_TAKERS = 5.0
"""A code that so many more users take says 0.7 times as much of each."""
_PULL = 3.0
"""Cases that ``START`` counts as."""
_STEPS = 25
_STILL = 1e-2


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
    told = before[codes[before] >= 0]
    wanted = codes[start:stop]
    gaps = (log.times_h[start] - log.times_h[told]).clip(0)
    return NextCase(int(log.users[start]), codes[told], gaps, wanted[wanted >= 0])


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
        validation: of other users, by whom weights are chosen.
        kin: ``(c,)`` int64, as in ``NextModel``.
        seed: of what is drawn.
    """
    count = len(kin)
    if not count or not len(validation) or not (train_codes >= 0).any():
        return None
    random = np.random.default_rng(seed)
    told = [case for case in validation if len(case.codes)]
    chosen: list[int] = random.permutation(len(told))[: min(_CASES, _CELLS // count)].tolist()
    cases = [told[place] for place in chosen]
    counts = np.bincount(train_codes[train_codes >= 0], minlength=count) + _AN_EVENT
    followers, follow = _followers(train, train_codes, count, random)
    tastes, rarity = _tastes(train, train_codes, count)
    bare = NextModel(counts / counts.sum(), kin, followers, follow, tastes, rarity, START)
    return replace(bare, weights=_weights(bare, cases))


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


def _tastes(log: Interactions, codes: NDArray[np.int64], count: int) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Directions of what users take together, and the rarity of codes, as in ``NextModel``."""
    told = codes >= 0
    users, places = np.unique(log.users[told], return_inverse=True)
    pairs, times = np.unique(places * count + codes[told], return_counts=True)
    takers = np.bincount(pairs % count, minlength=count)
    rarity: NDArray[np.float64] = 1 / np.sqrt(1 + takers / _TAKERS)
    lengths = np.sqrt(np.bincount(pairs // count, weights=times))
    values = np.sqrt(times) / lengths[pairs // count] * rarity[pairs % count]
    rows = csr_array((values.astype(np.float32), (pairs // count, pairs % count)), shape=(len(users), count))
    axes = min(AXES, min(rows.shape) // _CODES_AN_AXIS)
    if axes < 1:
        return np.zeros((count, 0), np.float32), rarity
    _, strength, axis = svds(rows, k=axes, v0=np.random.default_rng(0).random(min(rows.shape)))
    return np.ascontiguousarray(axis[np.argsort(-strength)].T, np.float32), rarity


def _weights(model: NextModel, cases: Sequence[NextCase]) -> NDArray[np.float64]:
    """The likeliest, by Newton's method, drawn towards ``START``: of a few users, little is learnt."""
    read = [model.features(case.codes, case.gaps_h).astype(np.float32) for case in cases]
    moves = [np.array([1.0, known(len(case.codes))]) for case in cases]
    best, highest, step = START, -np.inf, np.zeros(START.shape)
    for _ in range(_STEPS):
        weights: NDArray[np.float64] = best + step
        slope, curvature = -_PULL * (weights - START).ravel(), _PULL * np.eye(weights.size)
        height = -_PULL / 2 * float(((weights - START) ** 2).sum())
        for case, own, move in zip(cases, read, moves, strict=True):
            likelihood, gain, spread = _likelihood(own, (move @ weights).astype(np.float32), case.targets)
            height += likelihood
            slope += np.outer(move, gain).ravel()
            curvature += np.kron(np.outer(move, move), spread)
        if height < highest:
            step = step / 2
            continue
        best, highest = weights, height
        step = np.asarray(np.linalg.solve(curvature, slope), np.float64).reshape(weights.shape)
        if np.abs(step).max() < _STILL:
            break
    return best


def _likelihood(
    read: NDArray[np.float32], weights: NDArray[np.float32], targets: NDArray[np.int64]
) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
    """One case's log likelihood, the mean over its targets, with its slope ``(f,)`` and curvature ``(f, f)``."""
    scores = weights @ read
    scores -= scores.max()
    likely = np.exp(scores)
    whole = likely.sum()
    weighed = read * (likely / whole)
    mean = weighed.sum(1)
    gain = read[:, targets].mean(1) - mean
    return (
        float(scores[targets].mean() - np.log(whole)),
        gain.astype(np.float64),
        (weighed @ read.T - np.outer(mean, mean)).astype(np.float64),
    )
