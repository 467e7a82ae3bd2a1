"""How soon a detector notices a known shift, and how often it fires without one.

Knows nothing of how it detects.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.tokens import MAX_TOKENS
from firstlight_evaluation.drift.journeys import SINCE, Journey

Scores = Callable[[NDArray[np.int64]], float]
"""Catalogue rows of a user's events, oldest first -> how sure a detector is that interests shifted."""


@dataclass(frozen=True)
class Detection:
    """A detector at one threshold.

    Attributes:
        name: the detector's.
        threshold: of its score.
        false_moments: share of moments without a shift at which it fires.
        false_users: share of users without a shift for whom it fires at any of their moments.
        found: share of shifts noticed within ``SINCE[-1]`` events.
        delay: median events from the shift to the notice, of those noticed; None where none was.
    """

    name: str
    threshold: float
    false_moments: float
    false_users: float
    found: float
    delay: float | None


def paths(journeys: Sequence[Journey], scores: Scores) -> NDArray[np.float64]:
    """``(journeys, SINCE[-1])``: the score after each event since the shift; NaN after the last."""
    found = np.full((len(journeys), SINCE[-1]), np.nan)
    for line, journey in zip(found, journeys, strict=True):
        for since in range(1, min(SINCE[-1], len(journey.rows) - journey.shift) + 1):
            line[since - 1] = scores(journey.rows[: journey.shift + since][-MAX_TOKENS:])
    return found


def detection(name: str, threshold: float, *, whole: NDArray[np.float64], shifted: NDArray[np.float64]) -> Detection:
    """A detector's record, from its ``paths`` over users who did not shift and users who did."""
    fires = shifted >= threshold
    noticed = fires.any(1)
    first = fires.argmax(1)[noticed] + 1
    return Detection(
        name,
        threshold,
        false_moments=float((whole[~np.isnan(whole)] >= threshold).mean()),
        false_users=float((whole >= threshold).any(1).mean()),
        found=float(noticed.mean()),
        delay=float(np.median(first)) if len(first) else None,
    )


def at_false_users(share: float, whole: NDArray[np.float64]) -> float:
    """The threshold at which a detector fires falsely for ``share`` of users: so that detectors can be compared."""
    highest = np.nanmax(whole, axis=1)
    return float(np.nextafter(np.quantile(highest, 1 - share), np.inf))
