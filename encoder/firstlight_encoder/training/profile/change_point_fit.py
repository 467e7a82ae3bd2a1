"""Fits the change point model: axes that tell users apart, and a logistic regression on splices.

Also how its odds spread among users who did not shift. Knows nothing of how stretches are drawn.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.interactions import Interactions
from firstlight_encoder.profile.change_point import (
    FEATURES,
    FEWEST_EVENTS,
    KNOWN_EDGES,
    MOST_EVENTS,
    ChangePointModel,
    describe,
    places,
)
from firstlight_encoder.profile.interest_axes import InterestAxes, centred
from firstlight_encoder.training.profile.stretches import Stretch, Stretches

FEWEST_USERS = 30
"""With fewer users who have events enough nothing is fitted."""

_STRETCHES = 1_500
_RANKED = 3_000
_QUANTILES = 200
_TOGETHER = 256
_RIDGE = 1e-3
_AXES_USERS = 2_000
_EVENED = 0.5
"""How much of the spread within users is taken to be the same in all directions: few events tell little of it."""
_LEAST_SPREAD = 1e-3
_LEAST_WITHIN = 1e-6
_STEPS = 30


def fit_change_points(log: Interactions, vectors: NDArray[np.float32], *, seed: int) -> ChangePointModel | None:
    """The model of the users of ``log``, or None where too few of them have events enough.

    Args:
        log: training users.
        vectors: ``(items, d)`` float32, unit rows of the space.
        seed: of what is drawn.
    """
    wanted = log.items[log.wanted]
    if not len(wanted):
        return None
    centre = vectors[wanted].mean(0).astype(np.float32)
    stretches, random = Stretches(log, vectors, centre=centre), np.random.default_rng(seed)
    if len(stretches.users) < FEWEST_USERS:
        return None
    axes = fit_axes(stretches.users, vectors, centre=centre)
    pairs = [(stretches.whole(random), stretches.spliced(random)) for _ in range(_STRETCHES)]
    read, kept = _at_splices([one for pair in pairs for one in pair], vectors, axes)
    weights = logistic(read[kept], np.tile([0.0, 1.0], _STRETCHES)[kept])
    bare = ChangePointModel(axes, weights, np.zeros((len(KNOWN_EDGES) + 1, 1)))
    drawn = [stretches.whole(random).rows for _ in range(_RANKED)]
    return replace(bare, quantiles=_quantiles(bare, [rows for rows in drawn if len(rows) >= FEWEST_EVENTS], vectors))


def fit_axes(
    users: Sequence[NDArray[np.int64]], vectors: NDArray[np.float32], *, centre: NDArray[np.float32]
) -> InterestAxes:
    """The generalised eigenvectors of the covariances between and within users (Ioffe, 2006).

    Args:
        users: the rows of each one's events, two or more.
        vectors: ``(items, d)`` float32, unit rows.
        centre: ``(d,)`` float32, what all have in common.
    """
    read = [own[-MOST_EVENTS:] for own in users[:: -(-len(users) // _AXES_USERS)]]
    counts = np.array([len(rows) for rows in read])
    own = centred(vectors[np.concatenate(read)], centre)
    means = np.add.reduceat(own, np.concatenate([[0], np.cumsum(counts)[:-1]]), dtype=np.float64) / counts[:, None]
    own -= np.repeat(means.astype(np.float32), counts, axis=0)
    within = (own.T @ own).astype(np.float64) / max(1, len(own) - len(read))
    centred_means = means - means.mean(0)
    between = centred_means.T @ centred_means / len(means) - within * (1 / counts).mean()
    even = _EVENED * np.trace(within) / len(within) + _LEAST_WITHIN  # of users who each keep to one item, it is all
    evened: NDArray[np.float64] = (1 - _EVENED) * within + even * np.eye(len(within))
    factor = np.asarray(np.linalg.cholesky(evened), np.float64)
    root = np.asarray(np.linalg.inv(factor.T), np.float64)
    spreads, turned = np.linalg.eigh(np.asarray(root.T @ between @ root, np.float64))
    told = spreads > _LEAST_SPREAD
    directions: NDArray[np.float64] = root @ turned[:, told]
    return InterestAxes(centre, directions.astype(np.float32), spreads[told])


def _at_splices(
    stretches: Sequence[Stretch], vectors: NDArray[np.float32], axes: InterestAxes
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """``(s, FEATURES)``: what is read of every stretch where its splice is, and ``(s,)``, whether anything is."""
    read, before = np.zeros((len(stretches), FEATURES)), np.array([stretch.before for stretch in stretches])
    kept = np.zeros(len(stretches), np.bool_)
    for chosen, rows in _of_one_length([stretch.rows for stretch in stretches]):
        count = rows.shape[1]
        at = before[chosen] - (count - len(places(count)))
        inside = np.flatnonzero((at >= 0) & (before[chosen] < count))
        read[chosen[inside]] = describe(vectors[rows[inside]], axes)[np.arange(len(inside)), at[inside]]
        kept[chosen[inside]] = True
    return read, kept


def _of_one_length(
    stretches: Sequence[NDArray[np.int64]],
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Places of stretches that are equally long, at most ``_TOGETHER`` at a time, and their rows ``(s, n)``."""
    lengths = np.array([len(rows) for rows in stretches])
    for length in np.unique(lengths):
        alike = np.flatnonzero(lengths == length)
        for first in range(0, len(alike), _TOGETHER):
            chosen = alike[first : first + _TOGETHER]
            members: list[int] = chosen.tolist()
            yield chosen, np.stack([stretches[one] for one in members])


def logistic(described: NDArray[np.float64], shifted: NDArray[np.float64]) -> NDArray[np.float64]:
    """``(FEATURES + 1,)``: intercept and weights by Newton's method with a little ridge (Cox, 1958)."""
    mean, spread = described.mean(0), described.std(0) + 1e-9
    read = np.concatenate([np.ones((len(described), 1)), (described - mean) / spread], axis=1)
    weights = np.zeros(FEATURES + 1)
    for _ in range(_STEPS):
        likely = 1 / (1 + np.exp(-(read @ weights).clip(-30, 30)))
        curvature = (read * (likely * (1 - likely))[:, None]).T @ read + _RIDGE * np.eye(len(weights))
        weights += np.linalg.solve(curvature, read.T @ (shifted - likely) - _RIDGE * weights)
    slopes = weights[1:] / spread
    return np.concatenate([[weights[0] - slopes @ mean], slopes])


def _quantiles(
    model: ChangePointModel, drawn: Sequence[NDArray[np.int64]], vectors: NDArray[np.float32]
) -> NDArray[np.float64]:
    """``(len(KNOWN_EDGES) + 1, _QUANTILES)``: of the log odds, by how many events are known."""
    odds = np.empty(len(drawn))
    for chosen, rows in _of_one_length(drawn):
        odds[chosen] = model.log_odds(describe(vectors[rows], model.axes))
    lines = np.searchsorted(KNOWN_EDGES, [len(one) for one in drawn], side="right")
    steps = (np.arange(_QUANTILES) + 0.5) / _QUANTILES
    return np.stack([np.quantile(_or_all(odds, lines == line), steps) for line in range(len(KNOWN_EDGES) + 1)])


def _or_all(odds: NDArray[np.float64], chosen: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Those chosen, or all where they are too few to rank by."""
    return odds[chosen] if np.count_nonzero(chosen) >= FEWEST_USERS else odds
