"""Does tuning the tower on logged rewards pay? Judged on held-out visitors of the month, by estimate and by truth.

The policy that is tuned shows one new item at a time, in proportion to exp(score); its log is of half of the visitors,
its judges are the other half. The truth is known, for the month knows what each visitor took. Knows nothing of files.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.case_tokens import case_tokens
from firstlight_encoder.space import Space
from firstlight_encoder.tokens import TokenSequence
from firstlight_encoder.training.policy_gradient import (
    LoggedActions,
    PolicyGradientSettings,
    action_chances,
    tune_tower,
)
from firstlight_evaluation.bootstrap import Interval, bootstrap_interval
from firstlight_evaluation.simulation.record_month import RecordedMonth
from firstlight_indexer.ope import Estimate, Overlap, Rounds, cross_fitted, evaluate_policy, overlap

SHOWN = 10
"""Items that are drawn and logged in a visit, one after another, each by itself."""
TRIED = (
    PolicyGradientSettings(steps=50),
    PolicyGradientSettings(steps=150),
    PolicyGradientSettings(steps=50, shown_together=SHOWN),
)
"""How far the tower is tuned, and for how many items shown together."""


@dataclass(frozen=True)
class PolicyValue:
    """A policy on held-out visitors.

    Attributes:
        policy: its name.
        truth: its clicks an item shown, exactly, averaged over visits.
        gain: truth minus that of the logging policy, with its interval over visitors.
        estimates: from the log of the policy before it was tuned.
        overlap: of that log and this policy.
    """

    policy: str
    truth: float
    gain: Interval
    estimates: tuple[Estimate, ...]
    overlap: Overlap


def study_gradient(
    recorded: RecordedMonth, *, seed: int, tried: Sequence[PolicyGradientSettings] = TRIED
) -> list[PolicyValue]:
    """The policy as it was, then tuned by each of ``tried``."""
    month, trained = recorded.month, recorded.trained
    rows = trained.rows[recorded.pool]
    random = np.random.default_rng(seed)
    people = random.permutation(np.unique(month.visitors))
    learning = np.isin(month.visitors, people[: len(people) // 2])
    tokens = [
        case_tokens(case, item_vectors=trained.rows[:, :-1], label_vectors=trained.label_vectors)
        for case in recorded.cases
    ]
    logged = _log(trained.space, rows, tokens, month.new_takes, np.flatnonzero(learning), random)
    spaces = {"as trained": trained.space}
    for settings in tried:
        name = f"tuned, {settings.steps} steps, K = {settings.shown_together}"
        spaces[name] = tune_tower(trained.space, rows, logged, settings=settings)
    judges = np.flatnonzero(~learning)
    judging: list[int] = judges.tolist()
    return _judged(spaces, rows, [tokens[visit] for visit in judging], recorded, judges=judges, random=random)


def _log(
    space: Space,
    rows: NDArray[np.float32],
    tokens: Sequence[TokenSequence],
    takes: NDArray[np.bool_],
    visits: NDArray[np.int64],
    random: np.random.Generator,
) -> LoggedActions:
    numbers: list[int] = visits.tolist()
    chances = action_chances(space, [tokens[visit] for visit in numbers], rows)
    actions = _draw(chances, random)
    owners = np.repeat(np.arange(len(visits)), SHOWN)
    return LoggedActions(
        tokens=[tokens[visit] for visit in numbers for _ in range(SHOWN)],
        actions=actions.ravel(),
        rewards=np.asarray(takes[visits[owners], actions.ravel()], np.float64),
        propensities=chances[owners, actions.ravel()],
    )


def _draw(chances: NDArray[np.float64], random: np.random.Generator) -> NDArray[np.int64]:
    """``(n, SHOWN)`` items by ``chances`` ``(n, items)``, each draw by itself."""
    up_to = chances.cumsum(axis=1)
    draws = random.random((len(chances), SHOWN)) * up_to[:, -1:]
    drawn = np.empty(draws.shape, np.int64)
    for row in range(len(draws)):
        drawn[row] = np.searchsorted(up_to[row], draws[row], side="right")
    return drawn


def _judged(
    spaces: dict[str, Space],
    rows: NDArray[np.float32],
    tokens: Sequence[TokenSequence],
    recorded: RecordedMonth,
    *,
    judges: NDArray[np.int64],
    random: np.random.Generator,
) -> list[PolicyValue]:
    takes, visitors = recorded.month.new_takes[judges], recorded.month.visitors[judges]
    chances = {name: action_chances(space, tokens, rows) for name, space in spaces.items()}
    logging = next(iter(chances.values()))
    actions = _draw(logging, random)
    values: list[PolicyValue] = []
    for name, own in chances.items():
        rounds = _rounds(actions, takes, logging=logging, target=own, visitors=visitors)
        values.append(
            PolicyValue(
                policy=name,
                truth=float((own * takes).sum(axis=1).mean()),
                gain=_gain(((own - logging) * takes).sum(axis=1), visitors),
                estimates=tuple(evaluate_policy(rounds)),
                overlap=overlap(rounds),
            )
        )
    return values


def _rounds(
    actions: NDArray[np.int64],
    takes: NDArray[np.bool_],
    *,
    logging: NDArray[np.float64],
    target: NDArray[np.float64],
    visitors: NDArray[np.int64],
) -> Rounds:
    owners, items = np.repeat(np.arange(len(actions)), SHOWN), actions.ravel()
    units, places = visitors[owners], np.zeros(actions.size, np.int64)
    rewards = np.asarray(takes[owners, items], np.float64)
    predicted, expected = np.empty(actions.size), np.empty(actions.size)
    for own, model in cross_fitted(items, places, rewards, units=units, shape=(takes.shape[1], 1)):
        predicted[own] = model.by_item[items[own]]
        expected[own] = target[owners[own]] @ model.by_item
    return Rounds(rewards, logging[owners, items], target[owners, items], units, predicted, expected)


def _gain(by_visit: NDArray[np.float64], visitors: NDArray[np.int64]) -> Interval:
    """Mean over visits, resampling visitors by their mean share of it."""
    places = np.unique(visitors, return_inverse=True)[1]
    sums = np.bincount(places, weights=by_visit)
    return bootstrap_interval(sums * len(sums) / len(visitors), seed=0)
