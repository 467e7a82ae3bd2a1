"""Cold-user cases: what is known of a newcomer, and what they took next.

Training calibrates on them and evaluation judges by them, so both mean the same by "a user with k events". Source of
the protocol: ``docs/model.md``. Knows nothing of models.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
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
        time_h: when the targets were taken, hours since 1970; infinity for a made-up case, later than any log.
        declined: label numbers that the user says not to want; nobody who is judged says so.
    """

    user: int
    history: NDArray[np.int64]
    types: NDArray[np.int64]
    gaps_h: NDArray[np.float32]
    weights: NDArray[np.float32]
    declared: tuple[int, ...]
    targets: NDArray[np.int64]
    time_h: float = float("inf")
    declined: tuple[int, ...] = ()

    @property
    def said(self) -> tuple[tuple[int, float], ...]:
        """Every label that is declared or declined, with the weight of saying so."""
        return (*((label, 1.0) for label in self.declared), *((label, -1.0) for label in self.declined))


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
    bounds = [*np.flatnonzero(np.diff(interactions.users, prepend=-1)).tolist(), len(interactions)]
    cases = (
        _case(interactions, slice(first, last), k=k, labels=labels, declared_count=declared_count)
        for first, last in pairwise(bounds)
    )
    return [case for case in cases if case is not None]


def _case(log: Interactions, events: slice, *, k: int, labels: Labels | None, declared_count: int) -> Case | None:
    """The case of the user of ``events``, or None where they do not give one."""
    first, last = events.start, events.stop
    if last - first < k + 1:
        return None
    known = slice(first, first + k)
    basket = log.basket_of[known.stop - 1] + 1 if k else log.basket_of[first]
    targets, end = _next_new(log, int(basket), last, log.items[known])
    if not len(targets):
        return None
    declared = () if labels is None else _declared(log, slice(end, last), labels, most=declared_count)
    if labels is not None and not declared:
        return None
    return Case(
        user=int(log.users[first]),
        history=log.items[known],
        types=log.types[known],
        gaps_h=_hours_before_newest(log.times_h[known]),
        weights=log.weights[known],
        declared=declared,
        targets=targets,
        time_h=float(log.times_h[end - 1]),
    )


def _hours_before_newest(times_h: NDArray[np.float64]) -> NDArray[np.float32]:
    """``(k,)`` float32 hours, 0 for the newest."""
    newest = times_h.max(initial=-np.inf)
    return np.asarray(newest - times_h, np.float32)


def _next_new(log: Interactions, basket: int, last: int, history: NDArray[np.int64]) -> tuple[NDArray[np.int64], int]:
    """The new, wanted items of the first basket from ``basket`` on that has any, and the event that follows it.

    ``last`` is the event after the user's last.
    """
    while basket < len(log.basket_starts) - 1 and log.basket_starts[basket] < last:
        part = slice(int(log.basket_starts[basket]), int(log.basket_starts[basket + 1]))
        new = np.setdiff1d(log.items[part][log.wanted[part]], history)
        if len(new):
            return new, part.stop
        basket += 1
    return np.zeros(0, np.int64), last


def _declared(log: Interactions, events: slice, labels: Labels, *, most: int) -> tuple[int, ...]:
    """The ``most`` labels the user touches oftenest in ``events``; ties go to the first touched."""
    rows = log.items[events][log.wanted[events]]
    touched = Counter(label for row in rows.tolist() for label in labels.declared(row).tolist())
    return tuple(label for label, _ in touched.most_common(most))
