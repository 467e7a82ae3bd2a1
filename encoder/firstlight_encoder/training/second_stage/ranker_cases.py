"""The cases a ranker learns from: newcomers as they are judged, and many more who begin later in a user's history.

Knows nothing of candidates or features.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.cases import Case, cold_user_cases
from firstlight_encoder.interactions import Interactions
from firstlight_encoder.labels import Labels

POINTS = (1, 2, 3, 5, 10)
"""Numbers of events the curve is judged at."""

LATER_POINTS = (1, 2, 3, 4, 5, 7, 10, 15)
"""Numbers of events of the newcomers who begin later."""

LATER_CASES = 24_000
"""How many of those there are at most, over all users who teach side by side."""

MOST_LATER_STARTS = 48
"""How many times a user is a newcomer again at most."""

DECLINE = 0.25
"""Share of those who begin later and declare that say what they do not want, half of them nothing else."""

MOST_EVENTS = 60
"""Events read of a newcomer who begins later: what they know, and where their next basket is looked for."""


@dataclass(frozen=True)
class RankerCase:
    """A case, whose it is, and whether the curve judges such cases.

    Attributes:
        case: the case.
        owner: number of the user; cases of one user are never told apart by a ranker's check.
        point: where on the curve it stands, such as "3" or "0 declared"; None if it only teaches.
    """

    case: Case
    owner: int
    point: str | None


def ranker_cases(users: Interactions, labels: Labels, *, seed: int, later: int = LATER_CASES) -> list[RankerCase]:
    """Cases of ``users``, each owned by a user's number.

    Args:
        users: who trained nothing else.
        labels: what can be declared.
        seed: of where newcomers begin.
        later: how many begin later at most.
    """
    declared = cold_user_cases(users, k=0, labels=labels)
    judged = [
        _owned(declared, point="0 declared"),
        *(_owned(cold_user_cases(users, k=k), point=str(k)) for k in POINTS),
    ]
    return [*(one for part in judged for one in part), *_later(users, labels, seed=seed, most=later)]


def _owned(cases: Sequence[Case], *, point: str) -> list[RankerCase]:
    return [RankerCase(case, case.user, point) for case in cases]


def _later(users: Interactions, labels: Labels, *, seed: int, most: int) -> list[RankerCase]:
    """Newcomers who begin with a random basket of a user; one in six declares as well, one in six only declares."""
    random = np.random.default_rng(seed)
    count = len(users.basket_users)
    wanted = min(count, most)
    baskets = np.sort(random.permutation(count)[:wanted])
    baskets = baskets[_first_of_each(users.basket_users[baskets], most=MOST_LATER_STARTS)]
    begun = users.starting_at(baskets, most=MOST_EVENTS)
    owners = users.basket_users[baskets]
    draw = random.integers(0, len(LATER_POINTS) + 2, len(baskets))
    later: list[RankerCase] = []
    for number in range(len(LATER_POINTS) + 2):
        own = begun.select_users(draw == number)
        k = LATER_POINTS[number] if number < len(LATER_POINTS) else (0, 3)[number - len(LATER_POINTS)]
        cases = cold_user_cases(own, k=k, labels=labels if number >= len(LATER_POINTS) else None)
        if number >= len(LATER_POINTS):
            cases = [_declining(case, own, labels, random) for case in cases]
        later += [
            RankerCase(replace(case, user=int(owners[case.user])), int(owners[case.user]), None) for case in cases
        ]
    return later


def _declining(case: Case, users: Interactions, labels: Labels, random: np.random.Generator) -> Case:
    """``case``, or what it becomes where its user declines a name too: one that nothing they ever take carries."""
    if random.random() >= DECLINE:
        return case
    first, last = np.searchsorted(users.users, [case.user, case.user + 1])
    own = labels.of_each(users.items[first:last])[1]
    others = np.setdiff1d(labels.declared(int(users.items[random.integers(len(users))])), own)
    if not len(others):
        return case
    declined = (int(random.choice(others)),)
    return replace(case, declined=declined, declared=case.declared if random.random() < 0.5 else ())


def _first_of_each(owners: NDArray[np.int64], *, most: int) -> NDArray[np.bool_]:
    """``(s,)`` bool: which of the ascending ``owners`` are among the first ``most`` of their kind."""
    return np.arange(len(owners)) - np.searchsorted(owners, owners) < most
