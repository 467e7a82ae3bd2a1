"""The whole study of shifts over one published snapshot. Knows nothing of files or consoles."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.profile.change_point import HEEDED_AT, ChangePointModel
from firstlight_encoder.training.profile.change_point_fit import FEWEST_USERS, fit_change_points
from firstlight_evaluation.bootstrap import Interval, bootstrap_intervals
from firstlight_evaluation.drift.detection import Detection, Scores, at_false_users, detection, paths
from firstlight_evaluation.drift.journeys import Journey, Moment, Travellers
from firstlight_evaluation.drift.rivals import adwin, distances, page_hinkley
from firstlight_evaluation.drift.served import Served
from firstlight_evaluation.drift.weighting import Judged, Reading, judge
from firstlight_evaluation.errors import NoCasesError
from firstlight_indexer.progress import Progress, one_step, silent

THRESHOLDS = (0.8, 0.9, 0.95, 0.975, 0.99)
FULL, WEIGHTED = "all events", "since the likeliest shift when heeded"
ALWAYS, KNOWN = "since the likeliest shift always", "since the splice itself"
OURS = "firstlight"


@dataclass(frozen=True)
class Worth:
    """What a reading of the past is worth to some moments, against reading all of it.

    Attributes:
        group: which moments.
        reading: which reading.
        since: events since the shift; None for all moments together.
        level: NDCG@10 of reading all events.
        difference: the mean difference, users alike, with its interval.
        ratio: of the means; None where nobody is served anything they take.
        users: how many.
        moments: how many.
        heeded: the share of them at which answers heed a shift.
    """

    group: str
    reading: str
    since: int | None
    level: float
    difference: Interval
    ratio: float | None
    users: int
    moments: int
    heeded: float


@dataclass(frozen=True)
class DriftStudy:
    """What was found.

    Attributes:
        detections: ours at every threshold.
        compared: ours and river's at equal shares of users falsely alarmed.
        worths: of weighing the short horizon.
    """

    detections: Sequence[Detection]
    compared: Sequence[Detection]
    worths: Sequence[Worth]


def study_drift(
    served: Served, *, journeys: int, seed: int, model: ChangePointModel | None = None, progress: Progress = silent
) -> DriftStudy:
    """Measures detection and weighting on users whom the snapshot's training never saw.

    Args:
        served: the snapshot with its users.
        journeys: how many of each kind are drawn at most.
        seed: of what is drawn.
        model: the snapshot's own; None fits one on its training users, as the build does.
        progress: told what is being done.

    Raises:
        NoCasesError: if too few users have events enough.
    """
    with one_step(progress, "fit the detector"):
        fitted = model or fit_change_points(served.train, served.vectors, seed=seed)
    if fitted is None:
        raise NoCasesError(f"fewer than {FEWEST_USERS} training users have events enough to tell shifts by")
    random = np.random.default_rng(seed)
    travellers = Travellers(served.judges, served.vectors, centre=fitted.axes.centre)
    whole, spliced = travellers.whole(journeys, random), travellers.spliced(journeys, random)
    if not whole or not spliced:
        raise NoCasesError("no judging user has events enough for a journey; give another domain's users (--users)")
    with one_step(progress, "detect"):
        detections, compared = _detections(fitted, served.vectors, whole=whole, spliced=spliced)
    with one_step(progress, "rank"):
        worths = _worths(fitted, served, whole=whole, spliced=spliced, seed=seed)
    return DriftStudy(detections, compared, worths)


def _detections(
    model: ChangePointModel, vectors: NDArray[np.float32], *, whole: Sequence[Journey], spliced: Sequence[Journey]
) -> tuple[list[Detection], list[Detection]]:
    far = [journey for journey in spliced if journey.far]
    ours = partial(_score, model, vectors)
    ranked = paths(whole, ours), paths(far, ours)
    at = [detection(OURS, threshold, whole=ranked[0], shifted=ranked[1]) for threshold in THRESHOLDS]
    statistics = {"river Page-Hinkley": page_hinkley(), "river ADWIN": adwin()}
    rivals: Mapping[str, Scores] = {
        name: partial(_stream_score, statistic, vectors, model.axes.centre) for name, statistic in statistics.items()
    }
    found = {OURS: ranked, **{name: (paths(whole, one), paths(far, one)) for name, one in rivals.items()}}
    shares = [one.false_users for one in at]
    compared = [
        detection(name, at_false_users(share, own[0]), whole=own[0], shifted=own[1])
        for share in shares
        for name, own in found.items()
    ]
    return at, list(dict.fromkeys(compared))  # ADWIN cannot fire as often as it is asked to


def _score(model: ChangePointModel, vectors: NDArray[np.float32], rows: NDArray[np.int64]) -> float:
    return model.shift(vectors[rows]).score


def _stream_score(
    statistic: Callable[[list[float]], float],
    vectors: NDArray[np.float32],
    centre: NDArray[np.float32],
    rows: NDArray[np.int64],
) -> float:
    return statistic(distances(rows, vectors, centre))


def _worths(
    model: ChangePointModel, served: Served, *, whole: Sequence[Journey], spliced: Sequence[Journey], seed: int
) -> list[Worth]:
    def since(moment: Moment) -> int:
        return min(len(moment.rows), max(1, model.shift(served.vectors[moment.rows]).events_since))

    def heeds(moment: Moment) -> bool:
        return model.shift(served.vectors[moment.rows]).score >= HEEDED_AT

    readings: dict[str, Reading] = {
        FULL: lambda moment: len(moment.rows),
        WEIGHTED: lambda moment: since(moment) if heeds(moment) else len(moment.rows),
        ALWAYS: since,
    }
    known: dict[str, Reading] = {KNOWN: lambda moment: min(len(moment.rows), moment.after)}
    judged = [
        judge(part, served.scorer, readings=own, heeds=heeds)
        for part, own in ((spliced, readings | known), (whole, readings))
    ]
    shifted, plain = judged
    groups = {
        "spliced, different interests": (shifted, shifted.far),
        "spliced, any two users": (shifted, np.ones_like(shifted.far)),
        "not spliced": (plain, np.ones_like(plain.far)),
        "not spliced, heeded": (plain, plain.heeded),
    }
    return [
        worth
        for group, (one, chosen) in groups.items()
        for since in (None, *np.unique(one.since[chosen]).tolist())
        for worth in _rows(group, one, chosen if since is None else chosen & (one.since == since), since, seed=seed)
    ]


def _rows(group: str, one: Judged, chosen: NDArray[np.bool_], since: int | None, *, seed: int) -> list[Worth]:
    users = np.unique(one.users[chosen])
    if not len(users):
        return []
    places = np.searchsorted(users, one.users[chosen])
    counts = np.bincount(places)
    means = {name: np.bincount(places, weights=own[chosen]) / counts for name, own in one.values.items()}
    level = float(means[FULL].mean())
    others = [name for name in means if name != FULL]
    gains = bootstrap_intervals(np.stack([means[name] - means[FULL] for name in others], axis=1), seed=seed)
    heeded = float(one.heeded[chosen].mean())
    return [
        Worth(
            group,
            name,
            since,
            level,
            gain,
            float(means[name].mean() / level) if level else None,
            len(users),
            int(counts.sum()),
            heeded,
        )
        for name, gain in zip(others, gains, strict=True)
    ]
