"""The cold-user curve: every model at every point it can answer, on the same cases.

Source of the protocol: ``docs/model.md``, "How it is proven". Knows nothing of intervals, files or data sets.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from firstlight_encoder.cases import Case, cold_user_cases
from firstlight_encoder.interactions import Interactions
from firstlight_encoder.labels import Labels
from firstlight_evaluation.contender import Contender
from firstlight_evaluation.errors import NoCasesError
from firstlight_evaluation.judge import head, judge
from firstlight_evaluation.measurement import Measurement
from firstlight_evaluation.points import CURVE_POINTS, Point
from firstlight_evaluation.yardstick import Yardstick


def curve_cases(
    interactions: Interactions, *, labels: Labels, points: Sequence[Point] = CURVE_POINTS
) -> dict[Point, list[Case]]:
    """The cases of every point that has any.

    Args:
        interactions: of the users to judge by.
        labels: what can be declared.
        points: the points of the curve.

    Raises:
        NoCasesError: if no user is eligible at any point.
    """
    cases = {
        point: cold_user_cases(interactions, k=point.k, labels=labels if point.declared else None) for point in points
    }
    found = {point: own for point, own in cases.items() if own}
    if not found:
        raise NoCasesError(
            f"none of the {len(np.unique(interactions.users))} users has a basket to predict at any of the points "
            f"{', '.join(point.label for point in points)}; give a longer event log or more test users"
        )
    return found


def steps(contenders: Sequence[Contender], cases: Mapping[Point, Sequence[Case]]) -> int:
    """How many measurements ``measure_curve`` makes."""
    return sum(contender.answers_at(point) for contender in contenders for point in cases)


def measure_curve(
    contenders: Sequence[Contender],
    cases: Mapping[Point, Sequence[Case]],
    *,
    seed: int,
    yardstick: Yardstick | None = None,
    measured: Callable[[int], object] = lambda done: None,
) -> list[Measurement]:
    """Judges every contender at every point it can answer.

    Args:
        contenders: the fitted models.
        cases: those of ``curve_cases``; all models see the same.
        seed: breaks ties.
        yardstick: measures more than accuracy.
        measured: told after every measurement how many are done.
    """
    measurements: list[Measurement] = []
    for contender in contenders:
        for point, own in cases.items():
            if contender.answers_at(point):
                measurements.append(_measure(contender, point, own, seed=seed, yardstick=yardstick))
                measured(len(measurements))
    return measurements


def _measure(
    contender: Contender, point: Point, cases: Sequence[Case], *, seed: int, yardstick: Yardstick | None
) -> Measurement:
    users = np.array([case.user for case in cases], np.int64)
    if yardstick is None:
        values = judge(contender.scorer, cases, seed=seed)
        return Measurement(contender.name, contender.baseline, point, seed, users, values)
    top = head(contender.scorer, cases, seed=seed)
    values = yardstick.measure(top, cases)
    return Measurement(contender.name, contender.baseline, point, seed, users, values, yardstick.shown(top))
