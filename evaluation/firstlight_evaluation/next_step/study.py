"""How well next steps are foretold on test users. Knows nothing of files or consoles."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.interactions import Interactions
from firstlight_encoder.profile.profile_model import EVENT_TYPE_NAMES, NamedNext
from firstlight_encoder.split import UserSplit
from firstlight_encoder.training.profile.next_fit import NextCase, next_cases
from firstlight_encoder.training.profile.profile_fit import fit_following
from firstlight_evaluation.bootstrap import Interval, bootstrap_interval
from firstlight_evaluation.errors import NoCasesError
from firstlight_evaluation.next_step.rivals import rivals

OURS = "firstlight"
BINS = 10
KNOWN = ((0, 0), (1, 5), (6, 20), (21, 100), (101, 10**9))
_HITS = (3, 5)


class Forecast(Protocol):
    """Says how probable each code is next."""

    def probabilities(self, case: NextCase) -> NDArray[np.float64]:
        """``(c,)`` float64 summing to 1."""
        ...


@dataclass(frozen=True)
class NextRow:
    """One metric of one forecast, and ours minus it.

    Attributes:
        subject: what is foretold.
        known: events known, from and to; the first is 0 and the last unbounded for all together.
        forecast: whose.
        metric: "accuracy", "hit@3", "hit@5" (share of the next events among its first so many) or "log loss".
        value: mean over users.
        gain: ours minus its, with the interval over users; for ours 0.
        users: how many.
        cases: how many.
    """

    subject: str
    known: str
    forecast: str
    metric: str
    value: float
    gain: Interval
    users: int
    cases: int


@dataclass(frozen=True)
class Bin:
    """Probabilities told of first choices: their mean, and how often these came."""

    told: float
    came: float
    count: int


@dataclass(frozen=True)
class NextStudy:
    """What was found.

    Attributes:
        rows: of every subject, forecast and metric.
        bins: by subject, of our first choices, by what was told.
        errors: by subject, the expected calibration error (Guo et al., 2017).
    """

    rows: Sequence[NextRow]
    bins: Mapping[str, Sequence[Bin]]
    errors: Mapping[str, float]


class _Ours:
    def __init__(self, named: NamedNext) -> None:
        self._model = named.model

    def probabilities(self, case: NextCase) -> NDArray[np.float64]:
        return self._model.probabilities(case.codes, case.gaps_h)


def study_next(
    split: UserSplit, *, categories: Sequence[Sequence[str]], brands: Sequence[str | None], seed: int, most: int
) -> NextStudy:
    """Fits on training and validation users and judges on test users.

    Args:
        split: the users.
        categories: of the items, paths from the root.
        brands: of the items.
        seed: of what is drawn.
        most: cases judged a subject.

    Raises:
        NoCasesError: if there is nothing to foretell.
    """
    following = fit_following(split.train, split.validation, categories=categories, brands=brands, seed=seed)
    rows: list[NextRow] = []
    bins: dict[str, list[Bin]] = {}
    for subject, named in following.items():
        test, validation = (_cases(part, subject, named, categories, brands) for part in (split.test, split.validation))
        if len(np.unique(np.concatenate([case.targets for case in test]))) == 1:
            continue  # there is nothing to tell apart
        chosen: list[int] = np.random.default_rng(seed).permutation(len(test))[:most].tolist()
        drawn = [test[place] for place in chosen]
        forecasts: dict[str, Forecast] = {OURS: _Ours(named), **rivals(named.model.common, validation)}
        measured = {name: _measured(one, drawn) for name, one in forecasts.items()}
        rows += _rows(subject, drawn, measured, seed=seed)
        bins[subject] = _bins(forecasts[OURS], drawn)
    if not rows:
        raise NoCasesError(
            "the catalogue has no categories or brands and the log one type of event: nothing to foretell"
        )
    return NextStudy(rows, bins, {subject: _error(own) for subject, own in bins.items()})


def _cases(
    log: Interactions,
    subject: str,
    named: NamedNext,
    categories: Sequence[Sequence[str]],
    brands: Sequence[str | None],
) -> list[NextCase]:
    if subject == "event_type":
        assert named.names == EVENT_TYPE_NAMES
        return next_cases(log, log.types)
    names = [" > ".join(path) for path in categories] if subject == "category" else [brand or "" for brand in brands]
    return next_cases(log, np.array([named.codes.get(name, -1) for name in names], np.int64)[log.items])


def _measured(forecast: Forecast, cases: Sequence[NextCase]) -> dict[str, NDArray[np.float64]]:
    """By metric, ``(cases,)``."""
    found: list[list[float]] = []
    for case in cases:
        likely = forecast.probabilities(case)
        first = np.argsort(-likely, kind="stable")
        hits = [float(np.isin(case.targets, first[:most]).mean()) for most in (1, *_HITS)]
        found.append([*hits, float(-np.log(likely[case.targets].clip(1e-12)).mean())])
    return dict(zip(("accuracy", *(f"hit@{most}" for most in _HITS), "log loss"), np.array(found).T, strict=True))


def _rows(
    subject: str, cases: Sequence[NextCase], measured: Mapping[str, Mapping[str, NDArray[np.float64]]], *, seed: int
) -> list[NextRow]:
    known = np.array([len(case.codes) for case in cases])
    users = np.array([case.user for case in cases])
    groups = {"all": known >= 0, "any": known > 0}
    groups |= {_label(low, high): (known >= low) & (known <= high) for low, high in KNOWN}
    return [
        NextRow(
            subject,
            group,
            name,
            metric,
            float(_by_user(own[metric][chosen], users[chosen]).mean()),
            bootstrap_interval(_by_user((measured[OURS][metric] - own[metric])[chosen], users[chosen]), seed=seed),
            len(np.unique(users[chosen])),
            int(chosen.sum()),
        )
        for group, chosen in groups.items()
        if chosen.any()
        for name, own in measured.items()
        for metric in own
    ]


def _label(low: int, high: int) -> str:
    return str(low) if low == high else f"{low}-{high}" if high < KNOWN[-1][1] else f"{low}+"


def _by_user(values: NDArray[np.float64], users: NDArray[np.int64]) -> NDArray[np.float64]:
    """Each user's mean."""
    _, places = np.unique(users, return_inverse=True)
    return np.bincount(places, weights=values) / np.bincount(places)


def _bins(forecast: Forecast, cases: Sequence[NextCase]) -> list[Bin]:
    told: list[float] = []
    came: list[float] = []
    for case in cases:
        likely = forecast.probabilities(case)
        told.append(float(likely.max()))
        came.append(float((case.targets == likely.argmax()).mean()))
    order = np.argsort(told, kind="stable")
    parts = [part for part in np.array_split(order, BINS) if len(part)]
    return [Bin(float(np.array(told)[part].mean()), float(np.array(came)[part].mean()), len(part)) for part in parts]


def _error(bins: Sequence[Bin]) -> float:
    return float(sum(one.count * abs(one.told - one.came) for one in bins) / sum(one.count for one in bins))
