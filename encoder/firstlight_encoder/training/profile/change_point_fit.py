"""Fits the change point model: axes that tell users apart, and a logistic regression on splices.

Also how its odds spread among users who did not shift. Knows nothing of how stretches are drawn.
"""

from collections.abc import Sequence
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
    read = [(_at_splice(one, vectors, axes), shifted) for pair in pairs for shifted, one in enumerate(pair)]
    kept = [(line, shifted) for line, shifted in read if line is not None]
    weights = logistic(np.stack([line for line, _ in kept]), np.array([shifted for _, shifted in kept], np.float64))
    bare = ChangePointModel(axes, weights, np.zeros((len(KNOWN_EDGES) + 1, 1)))
    drawn = [vectors[stretches.whole(random).rows] for _ in range(_RANKED)]
    return replace(bare, quantiles=_quantiles(bare, [one for one in drawn if len(one) >= FEWEST_EVENTS]))


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


def _at_splice(stretch: Stretch, vectors: NDArray[np.float32], axes: InterestAxes) -> NDArray[np.float64] | None:
    """``(FEATURES,)``: what is read where the splice is; None where nothing is read there."""
    at = np.flatnonzero(places(len(stretch.rows)) == stretch.before)
    return describe(vectors[stretch.rows], axes)[at[0]] if len(at) else None


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


def _quantiles(model: ChangePointModel, drawn: list[NDArray[np.float32]]) -> NDArray[np.float64]:
    """``(len(KNOWN_EDGES) + 1, _QUANTILES)``: of the log odds, by how many events are known."""
    odds = np.array([model.log_odds(describe(one, model.axes)) for one in drawn])
    lines = np.searchsorted(KNOWN_EDGES, [len(one) for one in drawn], side="right")
    steps = (np.arange(_QUANTILES) + 0.5) / _QUANTILES
    return np.stack([np.quantile(_or_all(odds, lines == line), steps) for line in range(len(KNOWN_EDGES) + 1)])


def _or_all(odds: NDArray[np.float64], chosen: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Those chosen, or all where they are too few to rank by."""
    return odds[chosen] if np.count_nonzero(chosen) >= FEWEST_USERS else odds
