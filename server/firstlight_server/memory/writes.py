"""All that is written to the event log, in the order it came, and what waits together in as few commits as can be.

Blocking. Knows nothing of who waits for it.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple, Protocol, TypeAlias, cast

from prometheus_client import Histogram

from firstlight_store.event_log import (
    EventConflict,
    EventLog,
    EventLogError,
    Impression,
    LoggedEvent,
    Recorded,
    UserCounts,
)


@dataclass(frozen=True)
class Events:
    """Events of one call, stored together or not at all; ``seen`` is the last erasure before it came."""

    tenant: str
    events: Sequence[LoggedEvent]
    seen: int


class Showing(NamedTuple):
    """What one answer showed to a user of a tenant; ``seen`` is the last erasure before it was begun."""

    tenant: str
    impression: Impression
    seen: int


@dataclass(frozen=True)
class Impressions:
    """What answers showed."""

    shown: Sequence[Showing]


@dataclass(frozen=True)
class Change:
    """Anything else, such as the deletion of a user."""

    make: Callable[[EventLog], UserCounts]


@dataclass(frozen=True)
class Conflict:
    """Events were not stored: these of them, from 0, have ids that stand for something else."""

    places: Sequence[int]


Write: TypeAlias = Events | Impressions | Change
Written: TypeAlias = Recorded | Conflict | UserCounts | EventLogError | None
"""What became of a write: counts, nothing for impressions, or why it was not done."""


class Observed(Protocol):
    """What is told how long a write took, and of how many calls it was."""

    @property
    def commits_s(self) -> Histogram:
        """Seconds."""
        ...

    @property
    def commits(self) -> Histogram:
        """Calls."""
        ...


def write(log: EventLog, writes: Sequence[Write], *, observed: Observed) -> list[Written]:
    """Does all of them in their order. What fails is told in its place, so that it is not done again for others."""
    written: list[Written] = []
    for kind, group in groupby(writes, key=type):
        alike = list(group)
        began_s = time.perf_counter()
        try:
            written += _alike(log, kind, alike)
        except EventLogError as error:
            written += [error] * len(alike)
        observed.commits_s.observe(time.perf_counter() - began_s)
        if kind is Events:
            observed.commits.observe(len(alike))
    return written


def _alike(log: EventLog, kind: type[Write], writes: Sequence[Write]) -> list[Written]:
    if kind is Events:
        calls = cast("Sequence[Events]", writes)
        done = log.record([(one.tenant, one.events) for one in calls], seen=[one.seen for one in calls])
        return [Conflict(one.places) if isinstance(one, EventConflict) else one for one in done]
    if kind is Impressions:
        shown = [each for one in cast("Sequence[Impressions]", writes) for each in one.shown]
        log.show([(one.tenant, one.impression) for one in shown], seen=[one.seen for one in shown])
        return [None] * len(writes)
    return [_changed(log, one) for one in cast("Sequence[Change]", writes)]


def _changed(log: EventLog, change: Change) -> Written:
    try:
        return change.make(log)
    except EventLogError as error:
        return error
