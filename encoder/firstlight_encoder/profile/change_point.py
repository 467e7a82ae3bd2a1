"""Whether a user's latest events are about something else than what came before, and since when.

For every place at which interests may have shifted lately, a logistic model reads how likely the events before it and
after it are two users' rather than one's, and three cosines: how near those after it are to the mean of those before,
how near those before are to each other, and likewise those after. Its odds are summed over the places, as in Bayesian
change point detection with one change (Smith, 1975, "A Bayesian approach to inference about a change-point"). How rare
such a sum is among users whose events are all their own is the score; the place is where two users are likeliest.

The detector is online: it is asked again with every event. Knows nothing of items, times or how its numbers were
fitted.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.profile.interest_axes import InterestAxes

FEWEST_EVENTS = 6
"""With fewer events nobody has shown an interest that could shift."""

FEWEST_BEFORE = 3
"""At least so many events lie before a shift."""

MOST_SINCE = 12
"""A shift that lies further back has settled: what came after it is what the user is like."""

MOST_EVENTS = 50
"""The latest events that are read."""

FIRES_AT = 0.975
"""From this score on interests count as shifted. Within twelve events about one user in seven who did not shift comes
so far; ``firstlight-evaluate drift`` shows it, and what other thresholds would do."""

HEEDED_AT = 0.8
"""From this score on answers are made from the events since the likeliest shift: reading a settled user's latest events
alone costs them nothing that could be measured, a shift that is missed does."""

FEATURES = 10
_TWO_USERS = 0

KNOWN_EDGES = (9, 13, 21, 36)
"""Scores compare users with about as many events: fewer than 9, fewer than 13, and so on."""


@dataclass(frozen=True)
class Shift:
    """What was found.

    Attributes:
        score: share of users, in [0, 1], whose latest events are nearer to what came before.
        events_since: how many events lie behind the likeliest shift; 0 where there were too few to tell.
    """

    score: float
    events_since: int


NO_SHIFT = Shift(0.0, 0)


@dataclass(frozen=True, eq=False)
class ChangePointModel:
    """Fitted to the users of one snapshot.

    Attributes:
        axes: along which users differ.
        weights: ``(FEATURES + 1,)`` float64, of the logistic model, its intercept first.
        quantiles: ``(len(KNOWN_EDGES) + 1, q)`` float64, ascending: the log odds of users who did not shift.
    """

    axes: InterestAxes
    weights: NDArray[np.float64]
    quantiles: NDArray[np.float64]

    def shift(self, vectors: NDArray[np.float32]) -> Shift:
        """The shift in events whose items have ``vectors``, ``(n, d)`` float32 unit rows, oldest first."""
        if len(vectors) < FEWEST_EVENTS:
            return NO_SHIFT
        vectors = vectors[-MOST_EVENTS:]
        described = describe(vectors, self.axes)
        ranks = self.quantiles[int(np.searchsorted(KNOWN_EDGES, len(vectors), side="right"))]
        score = float(np.searchsorted(ranks, float(self.log_odds(described)))) / len(ranks)
        return Shift(score, len(described) - int(described[:, _TWO_USERS].argmax()))

    def log_odds(self, described: NDArray[np.float64]) -> NDArray[np.float64]:
        """``(...)`` float64: of a shift anywhere, against none; ``described`` as ``describe`` returns."""
        return np.asarray(np.logaddexp.reduce(described @ self.weights[1:] + self.weights[0], axis=-1), np.float64)


def places(count: int) -> NDArray[np.int64]:
    """Where ``count`` events may have shifted, ascending: before the event of that number."""
    return np.arange(max(FEWEST_BEFORE, count - MOST_SINCE), count)


def describe(vectors: NDArray[np.float32], axes: InterestAxes) -> NDArray[np.float64]:
    """``(..., c, FEATURES)`` float64: what the logistic model reads of each of ``places(n)``.

    Args:
        vectors: ``(..., n, d)`` float32, unit rows, oldest first, more than ``FEWEST_BEFORE``.
        axes: along which users differ.
    """
    lie = axes.places(vectors)
    own = axes.telling(lie)
    sums = np.cumsum(np.cumsum((own @ own.swapaxes(-1, -2)).astype(np.float64), -2), -1)
    count, before = vectors.shape[-2], places(vectors.shape[-2])
    since = count - before
    inside, across = sums[..., before - 1, before - 1], sums[..., before - 1, -1]
    after = sums[..., -1, -1, None] - 2 * across + inside
    near = (across - inside) / (since * np.sqrt(inside.clip(1e-9)))
    alike_before = (inside - before) / (before * (before - 1))
    several = since > 1
    alike_after = np.where(several, (after - since) / np.maximum(since * (since - 1), 1), 0.0)
    root = np.sqrt(since)
    columns = (
        *(axes.two_users(lie, before), np.log(before)),
        *(since, since * near, since * alike_before, since * alike_after, since * several),
        *(root, root * near, root * alike_before),
    )
    described = np.empty((*inside.shape, FEATURES))
    for feature, column in enumerate(columns):
        described[..., feature] = column
    return described
