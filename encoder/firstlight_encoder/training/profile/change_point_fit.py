"""Fits the change point model: a logistic regression on splices, and how odds spread among users who did not shift.

Knows nothing of how stretches are drawn.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.interactions import Interactions
from firstlight_encoder.profile.change_point import (
    FEATURES,
    FEWEST_EVENTS,
    KNOWN_EDGES,
    ChangePointModel,
    describe,
    places,
    total,
)
from firstlight_encoder.training.profile.stretches import Stretch, Stretches

FEWEST_USERS = 30
"""With fewer users who have events enough nothing is fitted."""

_STRETCHES = 1_500
_RANKED = 3_000
_QUANTILES = 200
_TOGETHER = 256
_RIDGE = 1e-3
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
    pairs = [(stretches.whole(random), stretches.spliced(random)) for _ in range(_STRETCHES)]
    read = _at_splices([one for pair in pairs for one in pair], vectors, centre)
    weights = logistic(read, np.tile([0.0, 1.0], _STRETCHES))
    bare = ChangePointModel(centre, weights, np.zeros((len(KNOWN_EDGES) + 1, 1)))
    drawn = [stretches.whole(random).rows for _ in range(_RANKED)]
    ranked = [rows for rows in drawn if len(rows) >= FEWEST_EVENTS]
    return ChangePointModel(centre, weights, _quantiles(bare, ranked, vectors))


def _at_splices(
    stretches: list[Stretch], vectors: NDArray[np.float32], centre: NDArray[np.float32]
) -> NDArray[np.float64]:
    """``(s, FEATURES)``: what is read of every stretch where its splice is."""
    read, before = np.empty((len(stretches), FEATURES)), np.array([stretch.before for stretch in stretches])
    for chosen, rows in _of_one_length([stretch.rows for stretch in stretches]):
        at = before[chosen] - places(rows.shape[1])[0]
        read[chosen] = describe(vectors[rows], centre)[np.arange(len(chosen)), at]
    return read


def _of_one_length(stretches: list[NDArray[np.int64]]) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
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
    model: ChangePointModel, drawn: list[NDArray[np.int64]], vectors: NDArray[np.float32]
) -> NDArray[np.float64]:
    """``(len(KNOWN_EDGES) + 1, _QUANTILES)``: of the log odds, by how many events are known."""
    odds = np.empty(len(drawn))
    for chosen, rows in _of_one_length(drawn):
        odds[chosen] = total(model.log_odds(vectors[rows]))
    lines = np.searchsorted(KNOWN_EDGES, [len(one) for one in drawn], side="right")
    steps = (np.arange(_QUANTILES) + 0.5) / _QUANTILES
    return np.stack([np.quantile(_or_all(odds, lines == line), steps) for line in range(len(KNOWN_EDGES) + 1)])


def _or_all(odds: NDArray[np.float64], chosen: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Those chosen, or all where they are too few to rank by."""
    return odds[chosen] if np.count_nonzero(chosen) >= FEWEST_USERS else odds
