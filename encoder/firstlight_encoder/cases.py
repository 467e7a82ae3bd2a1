"""Cold-user cases: what is known of a newcomer, and what they took next.

Training calibrates on them and evaluation judges by them, so both mean the same by "a user with k events". Source of
the protocol: ``docs/model.md``. Knows nothing of models.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.interactions import Interactions
from firstlight_encoder.labels import Labels


@dataclass(frozen=True)
class Case:
    """One newcomer at one point.

    Attributes:
        user: index into ``Interactions.user_ids``.
        history: ``(k,)`` int64 catalogue rows, oldest first.
        types: ``(k,)`` int64 ``TokenType`` values.
        gaps_h: ``(k,)`` float32 hours between each event and the newest.
        weights: ``(k,)`` float32.
        declared: label numbers, from what the user touches after the targets, never from the targets themselves.
        targets: int64 rows of the next basket that are not in the history; never empty.
    """

    user: int
    history: NDArray[np.int64]
    types: NDArray[np.int64]
    gaps_h: NDArray[np.float32]
    weights: NDArray[np.float32]
    declared: tuple[int, ...]
    targets: NDArray[np.int64]


class Scorer(Protocol):
    """A model under evaluation."""

    name: str

    def score(self, cases: Sequence[Case]) -> NDArray[np.float32]:
        """``(len(cases), item_count)`` float32, higher is better. History is masked by the caller."""
        ...


def cold_user_cases(
    interactions: Interactions, *, k: int, labels: Labels | None = None, declared_count: int = 2
) -> list[Case]:
    """Every user's case after their first ``k`` events.

    The target is the first basket after the one that holds the k-th event and that brings anything new. Users with
    fewer events, no such basket or (where labels are given) nothing after it to declare are left out.

    Args:
        interactions: of the users to judge by.
        k: events known; 0 for none.
        labels: given, each case declares up to ``declared_count`` of them.
        declared_count: the most labels a case declares.
    """
    bounds = np.flatnonzero(np.diff(interactions.users, prepend=-1)).tolist() + [len(interactions)]
    cases = (
        _case(interactions, first, last, k=k, labels=labels, declared_count=declared_count)
        for first, last in zip(bounds, bounds[1:], strict=False)
    )
    return [case for case in cases if case is not None]


def _case(
    log: Interactions, first: int, last: int, *, k: int, labels: Labels | None, declared_count: int
) -> Case | None:
    if last - first < k + 1:
        return None
    history = log.items[first : first + k]
    basket = log.basket_of[first + k - 1] + 1 if k else log.basket_of[first]
    targets, end = _next_new(log, int(basket), last, history)
    if not len(targets):
        return None
    declared = () if labels is None else _declared(log, end, last, labels, declared_count)
    if labels is not None and not declared:
        return None
    times = log.times_h[first : first + k]
    gaps_h = (times.max(initial=-np.inf) - times).astype(np.float32)
    part = slice(first, first + k)
    return Case(int(log.users[first]), history, log.types[part], gaps_h, log.weights[part], declared, targets)


def _next_new(log: Interactions, basket: int, last: int, history: NDArray[np.int64]) -> tuple[NDArray[np.int64], int]:
    """The new, wanted items of the first basket from ``basket`` on that has any, and the event that follows it."""
    while basket < len(log.basket_starts) - 1 and log.basket_starts[basket] < last:
        part = slice(int(log.basket_starts[basket]), int(log.basket_starts[basket + 1]))
        new = np.setdiff1d(log.items[part][log.wanted[part]], history)
        if len(new):
            return new, part.stop
        basket += 1
    return np.zeros(0, np.int64), last


def _declared(log: Interactions, start: int, last: int, labels: Labels, most: int) -> tuple[int, ...]:
    """The labels the user touches most from event ``start`` on; ties go to the first touched."""
    rows = log.items[start:last][log.wanted[start:last]]
    touched = Counter(label for row in rows.tolist() if (label := labels.declared(row)) is not None)
    return tuple(label for label, _ in touched.most_common(most))
