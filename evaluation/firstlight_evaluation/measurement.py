"""What was measured: one model at one point of the curve, user by user.

Knows nothing of intervals, files or how a model scores.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from firstlight_evaluation.points import Point
from firstlight_evaluation.shown import Shown


@dataclass(frozen=True)
class Measurement:
    """One model at one point.

    Attributes:
        model: the model's name.
        baseline: whether the model is something to beat.
        point: how much was known.
        seed: of the run.
        users: ``(u,)`` int64, who was judged, ascending.
        values: for each metric ``(u,)`` float64 in the order of ``users``; NaN where it says nothing of a user.
        shown: what the users were shown, where it was kept.
    """

    model: str
    baseline: bool
    point: Point
    seed: int
    users: NDArray[np.int64]
    values: Mapping[str, NDArray[np.float64]]
    shown: Shown | None = None

    def of_users(self, users: NDArray[np.int64]) -> "Measurement":
        """The same for those of ``users`` who were judged."""
        keep = np.isin(self.users, users)
        return replace(
            self,
            users=self.users[keep],
            values={name: column[keep] for name, column in self.values.items()},
            shown=None if self.shown is None else self.shown.where(keep),
        )


def same_users(measurements: Sequence[Measurement]) -> list[Measurement]:
    """The measurements cut to the users judged at every point that occurs.

    Users with ten events differ from users with none, so a curve over whoever is eligible mixes two effects; this one
    shows only what knowing more of the same people brings.
    """
    by_point = {one.point: one.users for one in measurements}
    if not by_point:
        return []
    shared = reduce(np.intersect1d, by_point.values())
    return [one.of_users(shared) for one in measurements] if len(shared) else []


def mean_over_seeds(measurements: Iterable[Measurement]) -> list[Measurement]:
    """One measurement a model and point, each user's values averaged over the seeds; it carries the first seed.

    The users of a model and point are the same under every seed, since the split is.
    """
    groups: dict[tuple[str, Point], list[Measurement]] = {}
    for one in measurements:
        groups.setdefault((one.model, one.point), []).append(one)
    return [_mean(group) for group in groups.values()]


def _mean(group: Sequence[Measurement]) -> Measurement:
    first = group[0]
    columns = {name: np.mean([one.values[name] for one in group], axis=0) for name in first.values}
    return replace(first, values=columns, shown=Shown.union([one.shown for one in group if one.shown is not None]))
